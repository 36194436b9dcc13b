import { UnsupportedError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showShape } from '../base/show.js';
import type { Graph, ModelContent, Shape } from '../entries/index.js';
import { eachHead } from '../tasks/detect/choose-head.js';
import type { HeadOutput, HeadQuestion } from '../tasks/detect/head.js';
import { labelNames } from '../tasks/labels.js';
import { taskSpec } from '../tasks/task.js';

/**
 * That the outputs of what is said to be a detector can be read as boxes. Where the shape of input or outputs is open, nobody knows.
 * @throws UnsupportedError where no form fits, or not the one that is named; ArgumentError for a task that has no meaning
 */
export function expectHead({ graph, task, labels }: ModelContent & { readonly graph: Graph }, inputs: readonly Shape[]): void {
  const spec = taskSpec(task, '--task');
  const size = sizeOf(inputs);
  const outputs = outputsOf(graph);
  if (spec?.kind !== 'detect' || !size || !outputs) return;
  const count = labels === undefined ? undefined : labelNames(labels, '--labels').length;
  const asked = typed(outputs).flatMap((typedOutputs) => {
    const question: HeadQuestion = { outputs: typedOutputs, size, spec, labels: count };
    return eachHead(question).filter(({ head }) => spec.head === undefined || head.name === spec.head);
  });
  if (asked.some(({ fit }) => typeof fit !== 'string')) return;
  const lack = asked.map(({ fit }) => fit).find((fit) => typeof fit === 'string');
  const why = spec.head === undefined ? 'outputs of a detector' : `outputs of the form ${spec.head}, which ${lack}`;
  const got = outputs.map(({ name, shape }) => `${name} ${showShape(shape)}`).join(', ');
  wrong('--task', why, got, { as: UnsupportedError, hint: 'no head fits; name another one, or another task' });
}

/** A graph does not say the types of its outputs. Heads tell at most one by whole numbers, that of classes or of chosen boxes. */
function typed(outputs: readonly HeadOutput[]): readonly (readonly HeadOutput[])[] {
  return [outputs, ...outputs.map((_, whole) => outputs.map((output, i) => (i === whole ? { ...output, dtype: 'int64' as const } : output)))];
}

/** Height and width, of one input [N, C, H, W], [N, H, W, C] or [C, H, W]. */
function sizeOf(inputs: readonly Shape[]): readonly [number, number] | undefined {
  const shape = inputs.length === 1 ? inputs[0]!.slice(-3) : [];
  const [first, second, third] = shape;
  const [height, width] = first !== 3 && first !== 1 && (third === 3 || third === 1) ? [first, second] : [second, third];
  return typeof height === 'number' && typeof width === 'number' ? [height, width] : undefined;
}

/** Undefined where a dimension is open, but for that of the batch. */
function outputsOf({ outputs, values }: Graph): readonly HeadOutput[] | undefined {
  const shapes = outputs.map(({ name, value }) => ({ name, dtype: 'float32' as const, shape: (values[value]?.shape ?? [null, null]).map((dim, axis) => dim ?? (axis === 0 ? 1 : NaN)) }));
  return shapes.some(({ shape }) => shape.some(Number.isNaN)) ? undefined : shapes;
}
