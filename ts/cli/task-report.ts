import { UnsupportedError } from '../base/errors.js';
import type { Model } from '../entries/index.js';
import { describeOnnx } from '../model/onnx-metadata.js';
import type { OnnxModel } from '../onnx/form/types.js';
import { chooseHead, eachHead } from '../tasks/detect/choose-head.js';
import type { HeadQuestion } from '../tasks/detect/head.js';
import type { HeadName } from '../tasks/detect/spec.js';
import { imageInput } from '../tasks/image-input.js';
import { taskName } from '../tasks/task.js';
import type { Task } from '../tasks/task.js';
import type { AnyTensor } from '../tensor/tensor.js';

/** What a model is for, as far as file and outputs say. */
export interface TaskReport {
  /** As the file says. */
  readonly task: Task | undefined;
  /** How many names of classes the file has. */
  readonly labels: number | undefined;
  /** The form in which outputs say what is where; undefined where they say no such thing. */
  readonly head: { readonly name: HeadName; readonly about: string } | undefined;
  /** How a first output reads that is a map of scores, where the file says no task and no head fits. */
  readonly map?: string | undefined;
  /** Why there is no head, of a detector or of outputs that are no scores of classes. */
  readonly noHead: { readonly reason: string; readonly heads: Readonly<Record<string, string>> } | undefined;
}

/** @param inputShape - of an input whose size the model leaves open; without it no head is looked for there */
export async function taskReport(file: OnnxModel, model: Pick<Model, 'inputs' | 'outputs' | 'run'>, inputShape: readonly number[] | undefined): Promise<TaskReport> {
  const { task, labels } = describeOnnx(file);
  const asked = await question(file, model, inputShape);
  const about = { task: taskName(task), labels: labels?.length };
  if (!asked || (task && task.kind !== 'detect')) return { ...about, head: undefined, noHead: undefined };
  try {
    const { name, about: form } = chooseHead(asked).head;
    return { ...about, head: { name, about: form }, noHead: undefined };
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    const scores = asked.outputs.length === 1 && asked.outputs[0]!.shape.slice(2).every((dim) => dim === 1);
    if (task === undefined && scores) return { ...about, head: undefined, noHead: undefined };
    const map = task === undefined ? mapOf(asked) : undefined;
    if (map !== undefined) return { ...about, head: undefined, noHead: undefined, map };
    const heads = eachHead(asked).map(({ head, fit }) => [head.name, typeof fit === 'string' ? fit : 'fits']);
    return { ...about, head: undefined, noHead: { reason: error.message, heads: Object.fromEntries(heads) as Record<string, string> } };
  }
}

/** A map whose sides are this part of those of the input, or less, is of features. */
const COARSEST = 1 / 16;

/** What the first output is where it has scores for each pixel, or for each of a grid as the input is; undefined for any other. */
function mapOf({ outputs, size }: HeadQuestion): string | undefined {
  const [first] = outputs;
  if (first?.shape.length !== 4) return undefined;
  const [, a = 0, b = 0, c = 0, d = 0] = [0, ...first.shape];
  const [height, width] = size;
  const fits = (h: number, w: number): boolean => h * width === w * height && h > COARSEST * height && h <= height;
  const found = fits(c, d) ? { classes: b, h: c, w: d } : fits(b, c) ? { classes: d, h: b, w: c } : undefined;
  if (!found || a !== 1) return undefined;
  return `${first.name} has ${found.classes} ${found.classes === 1 ? 'score' : 'scores'} for each of ${found.h} x ${found.w} pixels`;
}

/** What heads are asked, of outputs for zeros; undefined for a model of other inputs than one image, or of an unknown size. */
async function question(file: OnnxModel, model: Pick<Model, 'inputs' | 'outputs' | 'run'>, inputShape: readonly number[] | undefined): Promise<HeadQuestion | undefined> {
  const input = imageOf(model);
  const { task, labels } = describeOnnx(file);
  const size = input?.size ?? (inputShape && input && sizeOf(inputShape, input.layout));
  if (!input || !size) return undefined;
  const sides = input.layout === 'nchw' ? [input.channels, ...size] : [...size, input.channels];
  const shape = input.alone ? sides : [1, ...sides];
  const count = shape.reduce((a, b) => a * b, 1);
  const x: AnyTensor = input.dtype === 'uint8' ? { dtype: 'uint8', shape, data: new Uint8Array(count) } : { dtype: 'float32', shape, data: new Float32Array(count) };
  const answer = await model.run<Record<string, AnyTensor>>({ [input.name]: x });
  const outputs = model.outputs.map(({ name, dtype }) => ({ name, shape: answer[name]?.shape ?? [], dtype: answer[name]?.dtype ?? dtype }));
  return { outputs, size, spec: task?.kind === 'detect' ? task : { kind: 'detect' }, labels: labels?.length };
}

function imageOf({ inputs }: Pick<Model, 'inputs'>): ReturnType<typeof imageInput> | undefined {
  try {
    return imageInput(inputs, 'inspect');
  } catch (error) {
    if (error instanceof UnsupportedError) return undefined;
    throw error;
  }
}

function sizeOf(shape: readonly number[], layout: 'nchw' | 'nhwc'): readonly [number, number] {
  const [height = 0, width = 0] = layout === 'nchw' ? shape.slice(-2) : shape.slice(-3);
  return [height, width];
}

/** As lines for people. */
export function showTask({ task, labels, head, noHead, map }: Partial<TaskReport>): string[] {
  const named = labels === undefined ? '' : `, ${labels} labels`;
  const said = task === undefined ? (named === '' ? [] : [`labels ${labels}`]) : [`task   ${task}${named}`];
  if (head) return [...said, `head   ${head.name}: ${head.about}`];
  if (map !== undefined) return [...said, `looks like a segmenter: ${map}; receptive segment asks it, or say what it is by --task`];
  if (!noHead) return said;
  const none = `head   none: ${noHead.reason}`;
  // What each form lacks concerns nobody who has no detector.
  if (task !== 'detection') return [...said, none];
  return [...said, none, ...Object.entries(noHead.heads).map(([name, why]) => `         ${name} ${why}`)];
}
