import { describeModel, MODEL_KEY } from './model-file.js';
import { labelNames } from '../tasks/labels.js';
import type { Labels } from '../tasks/labels.js';
import { checkScores } from '../tasks/scores.js';
import type { Scores } from '../tasks/scores.js';
import { taskName, taskSpec } from '../tasks/task.js';
import type { Task, TaskSpec } from '../tasks/task.js';
import { checkWeights } from '../session/weights.js';
import { wrong } from '../base/wrong.js';
import { GraphError } from '../base/errors.js';
import { asFloats, narrow } from '../formats/narrow.js';
import { readSafetensors } from '../formats/safetensors.js';
import { checkTensor, writeSafetensors } from '../formats/safetensors-write.js';
import { sourceOf } from '../formats/stored.js';
import type { StoredTensor, TensorSource } from '../formats/stored.js';
import type { Graph } from '../graph/graph.js';
import { graphToData, isGraphData } from '../graph/to-data.js';
import type { GraphData } from '../graph/to-data.js';
import { preprocessSpec } from '../image/spec.js';
import type { PreprocessOptions } from '../image/types.js';
import type { Layer } from '../layers/layer.js';
import { toGraph } from '../layers/to-graph.js';
import { sendTensor } from './load-request.js';
import { checkOptions, optionNames } from '../base/options.js';
import { bytesOf } from '../tensor/arrays.js';
import { showShape, showValue } from '../base/show.js';
import type { Tensor } from '../tensor/tensor.js';

/** How `saveModel` stores weights: float32, or float16, rounded to nearest, in half the bytes. */
export type SavedDtype = 'f32' | 'f16';

/** What a model file holds. */
export interface ModelContent {
  /** The network: a graph, the `graph` of a loaded model, or a layer that knows the shape of its input. */
  readonly graph: Graph | GraphData | Layer;
  /** Its parameters, no more and no less: tensors by name, a list of stored ones, or the bytes of a safetensors file. */
  readonly weights?: Readonly<Record<string, Tensor>> | Iterable<StoredTensor> | Uint8Array | ArrayBuffer | undefined;
  /** What it is called: `model.name`. */
  readonly name?: string | undefined;
  /** Names of the classes, as many as there are. For a model of one output two are the names of no and yes. */
  readonly labels?: Labels | undefined;
  /** How pixels become the input. */
  readonly preprocess?: PreprocessOptions | undefined;
  /** What its numbers are to `classify`. Default: what the graph ends in. */
  readonly scores?: Scores | undefined;
  /** What it is for, and how its outputs are read; as the option of `load`. A call for another task refuses the model. */
  readonly task?: Task | TaskSpec | undefined;
}

const CONTENT = optionNames<ModelContent>({
  graph: true, weights: true, name: true, labels: true, preprocess: true, scores: true, task: true,
});

/**
 * A safetensors file that `load` needs nothing else for: weights, and graph, labels, preprocessing and task in its metadata
 * (`examples/guides/format.md`). What is written has been read back and compared with the weights.
 * @param dtype - default f32, which keeps every bit of float32 weights
 * @returns the bytes of the file; the same model gives the same bytes
 * @throws GraphError, WeightsError where graph and weights do not fit or a weight is too large for f16; ArgumentError for labels
 *   of another number than classes, an unknown task or preprocessing; FormatError for bytes that are no safetensors file
 */
export function saveModel(content: ModelContent, dtype: SavedDtype = 'f32'): Uint8Array {
  const given: unknown = content;
  if (given === undefined) wrong('saveModel', 'an object with a graph', 'undefined');
  checkOptions('saveModel', content, CONTENT);
  if (!['f32', 'f16'].includes(dtype)) wrong('dtype', 'f32 or f16', showValue(dtype));
  const { text, graph } = describedAs(content);
  const source = weightsOf(content.weights);
  checkWeights(graph.params, source);
  const store = dtype === 'f16' ? narrow : asFloats;
  return writeSafetensors(graph.params.map(({ name }) => store(source.get(name))), { [MODEL_KEY]: text });
}

/**
 * What a file says of a model, under `MODEL_KEY` of its metadata; read back.
 * @throws as `saveModel` of a description
 */
export function describedAs(content: ModelContent): { readonly text: string; readonly graph: Graph } {
  const text = describe(content);
  const { graph, labels, task: spec } = describeModel({ metadata: new Map([[MODEL_KEY, text]]) }, 'saveModel');
  const task = taskName(spec);
  checkTask(graph, task);
  if (labels) checkLabels(graph, labels, task);
  return { text, graph };
}

/** The description as JSON, each part checked. */
function describe({ graph, name, labels, preprocess, scores, task }: ModelContent): string {
  if (name !== undefined && typeof name !== 'string') wrong('name', 'a text', showValue(name));
  taskSpec(task);
  if (preprocess !== undefined) preprocessSpec(preprocess);
  const description = {
    version: 1,
    name,
    graph: graphToData(isGraphData(graph) ? graph : toGraph(graph)),
    preprocess,
    scores: checkScores(scores),
    labels: labels === undefined ? undefined : labelNames(labels),
    task,
  };
  return JSON.stringify(description, (key, value: unknown) => {
    if (typeof value === 'number' ? Number.isFinite(value) : typeof value !== 'bigint') return value;
    wrong(key, 'a number that JSON has', String(value), { as: GraphError });
  });
}

function weightsOf(weights: ModelContent['weights'] = []): TensorSource {
  const bytes = bytesOf(weights, 'weights');
  if (bytes) return readSafetensors(bytes, 'weights');
  if (typeof weights !== 'object' || weights === null) wrong('weights', 'tensors by name, a list of stored tensors, or bytes', showValue(weights));
  if (Symbol.iterator in weights) return sourceOf([...(weights as Iterable<StoredTensor>)].map(checkTensor));
  return sourceOf(Object.entries(weights as Readonly<Record<string, Tensor>>).map(([name, value]) => sendTensor(name, value, (sent) => sent)));
}

/** Shape of what a graph answers first. */
function firstOutput({ outputs, values }: Graph): readonly (number | null)[] {
  return values[outputs[0]?.value ?? -1]?.shape ?? [];
}

/** @throws ArgumentError where the first output has not the form that the task says */
function checkTask(graph: Graph, task: Task | undefined): void {
  const shape = firstOutput(graph);
  const classes = shape.slice(1).filter((dim) => dim !== 1 && dim !== null);
  const fits = task === 'segmentation' ? shape.length === 4 : task !== 'classification' || classes.length <= 1;
  if (fits) return;
  const form = task === 'segmentation' ? '[N, classes, H, W]' : '[N, classes]';
  wrong('task', `${task} of a model whose first output is ${form}`, showShape(shape));
}

/** Labels are those of a classification unless the task says otherwise. @throws ArgumentError for another number of them */
function checkLabels(graph: Graph, labels: readonly string[], task: Task | undefined): void {
  if (task === 'detection') return;
  const shape = firstOutput(graph);
  // Maps may have their classes last.
  const counts = task === 'segmentation' ? [shape[1] ?? null, shape.at(-1) ?? null] : [product(shape.slice(1))];
  if (counts.some((classes) => classes === null || labels.length === classes || (classes === 1 && labels.length === 2))) return;
  const [place, expected, got] = ['labels', `as many names as classes, ${String(counts[0])}`, String(labels.length)];
  const hint = task === undefined && shape.length === 4 ? 'say what the model is for by task' : undefined;
  wrong(place, expected, got, { hint });
}

/** null where a dimension is open. */
function product(shape: readonly (number | null)[]): number | null {
  return shape.reduce((size, dim) => (size === null || dim === null ? null : size * dim), 1);
}
