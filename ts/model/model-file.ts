import { ArgumentError, FormatError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { SafetensorsFile } from '../formats/safetensors.js';
import { graphFromData } from '../ops/data.js';
import type { Graph } from '../graph/graph.js';
import type { PreprocessOptions } from '../image/types.js';
import { showValue, typeName } from '../base/show.js';
import { isScores } from '../tasks/scores.js';
import type { Scores } from '../tasks/scores.js';
import { taskSpec } from '../tasks/task.js';
import type { TaskSpec } from '../tasks/task.js';

/** The key of a safetensors file's metadata under which a self-contained model describes itself. */
export const MODEL_KEY = 'receptive';

/** What a self-contained model file says besides its weights. */
export interface ModelDescription {
  readonly graph: Graph;
  readonly name: string | undefined;
  readonly labels: readonly string[] | undefined;
  readonly preprocess: PreprocessOptions | undefined;
  readonly scores: Scores | undefined;
  readonly task: TaskSpec | undefined;
}

/**
 * Reads the model's description: JSON `{ version: 1, graph, name?, labels?, preprocess?, scores?, task? }`.
 * @throws FormatError where there is none or it is not of this form; GraphError for a graph that is none
 */
export function describeModel(file: Pick<SafetensorsFile, 'metadata'>, place: string): ModelDescription {
  const text = file.metadata.get(MODEL_KEY);
  if (text === undefined) {
    const hint = `give the graph as the source, and this file as the option weights`;
    wrong(place, `a graph (__metadata__.${MODEL_KEY})`, 'weights alone', { as: FormatError, hint });
  }
  const record = parse(text, place);
  const version = record['version'];
  if (version !== 1) fail(place, 'version', '1', typeof version === 'number' ? String(version) : typeName(version));
  const { graph, name, labels, preprocess, scores, task } = record;
  if (typeof graph !== 'object' || graph === null) fail(place, 'graph', 'an object', typeName(graph));
  return {
    // graphFromData checks what it is given.
    graph: graphFromData(graph as Parameters<typeof graphFromData>[0]),
    name: name === undefined || typeof name === 'string' ? name : fail(place, 'name', 'a string', typeName(name)),
    labels: labels === undefined || isStrings(labels) ? labels : fail(place, 'labels', 'an array of strings', typeName(labels)),
    // Checked where it is used, since what it may be depends on the input.
    preprocess: preprocess as PreprocessOptions | undefined,
    scores: isScores(scores) ? scores : fail(place, 'scores', 'softmax, sigmoid or none', showValue(scores)),
    task: taskOf(task, place),
  };
}

function taskOf(task: unknown, place: string): TaskSpec | undefined {
  try {
    return taskSpec(task, 'task');
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    return fail(place, error.place === undefined || error.place === 'task' ? 'task' : error.place, error.expected ?? 'a task', typeof task === 'string' ? 'another text' : (error.got ?? 'another'));
  }
}

function parse(text: string, place: string): Record<string, unknown> {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    // The error's own message quotes the text.
    const got = `${text.length} characters that are none`;
    wrong(`${place}: __metadata__.${MODEL_KEY}`, 'JSON', got, { as: FormatError });
  }
  if (typeof record === 'object' && record !== null && !Array.isArray(record)) return record as Record<string, unknown>;
  return fail(place, '', 'an object', typeName(record));
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function fail(place: string, key: string, expected: string, got: string): never {
  const where = `${place}: __metadata__.${MODEL_KEY}${key === '' ? '' : `.${key}`}`;
  wrong(where, expected, got, { as: FormatError });
}
