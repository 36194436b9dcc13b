import { EngineError, UnsupportedError } from '../../base/errors.js';
import { showShape } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { AnyTensor } from '../../tensor/tensor.js';
import type { PhotoModel, Seen } from '../look.js';
import type { Maps } from './resample.js';

/** What a graph that ends in an argmax says: the class of each pixel of a map. */
export interface ClassMap {
  readonly classMap: Uint8Array | Uint16Array;
  /** How many there are at least: one more than the largest. */
  readonly classes: number;
  readonly height: number;
  readonly width: number;
}

/** What a segmenter's first output is read as. Others, as the auxiliary one of torchvision's, are left alone. */
export function readMaps({ session, task }: PhotoModel, seen: Seen, labels: number | undefined): Maps | ClassMap {
  const name = session.outputs[0]?.name ?? '';
  const output = seen.outputs[name];
  const shape = output?.shape ?? [];
  if (!output || shape[0] !== 1 || shape.length < 3 || shape.length > 4 || shape.includes(0)) return refuse(name, output);
  if (output.data instanceof Float32Array) {
    const maps = scoreMaps(output.data, shape, seen, labels);
    if (task?.kind !== 'segment' && maps.classes !== labels && !isAlike(maps, inputSize(seen))) return refuse(name, output);
    expectFinite(name, output.data);
    return maps;
  }
  const [, a = 0, b = 0, c = 1] = shape;
  if (shape.length === 4 && a !== 1 && c !== 1) return refuse(name, output);
  const [height, width] = shape.length === 4 && a === 1 ? [b, c] : [a, b];
  return output.dtype === 'float64' ? refuse(name, output) : { ...classesIn(name, output.data), height, width };
}

/** [1, classes, H, W], [1, H, W, classes], or [1, H, W] of one map. */
function scoreMaps(data: Float32Array, shape: readonly number[], seen: Seen, labels: number | undefined): Maps {
  const [, a = 0, b = 0, c = 0] = shape;
  if (shape.length === 3) return { data, classes: 1, height: a, width: b, steps: [a * b, b, 1] };
  if (classesLast([a, b, c], seen, labels)) return { data, classes: c, height: a, width: b, steps: [1, b * c, c] };
  return { data, classes: a, height: b, width: c, steps: [b * c, c, 1] };
}

/** By the number of labels, else by the proportions of the input, else by the layout of the input. */
function classesLast([a, b, c]: readonly [number, number, number], { input, place }: Seen, labels: number | undefined): boolean {
  const named = (classes: number): boolean => classes === labels || (classes === 1 && labels === 2);
  if (labels !== undefined && named(a) !== named(c)) return named(c);
  const size = inputSize({ input, place });
  const alike = (height: number, width: number): boolean => isAlike({ height, width }, size);
  return alike(a, b) === alike(b, c) ? input.layout === 'nhwc' : alike(a, b);
}

/** Whether a map has the proportions of the input, to a pixel: boxes and scores of a detector have others. */
function isAlike({ height, width }: Pick<Maps, 'height' | 'width'>, [rows, columns]: readonly [number, number]): boolean {
  return Math.abs(height * columns - width * rows) <= rows + columns;
}

/** [height, width] of what the model was given. */
export function inputSize({ input, place }: Pick<Seen, 'input' | 'place'>): readonly [number, number] {
  const { height, width } = place.frame ?? place.window;
  return input.size ?? [height, width];
}

/** A class may be unlikely, but a number that is none has no meaning, and an infinite one makes such of its neighbours. */
function expectFinite(place: string, data: Float32Array): void {
  const bad = data.findIndex((score) => !Number.isFinite(score));
  if (bad < 0) return;
  const hint = 'check the weights, and that preprocessing is what the model was trained with';
  wrong(`segment: ${place}`, 'finite scores', `${data[bad]} at ${bad}`, { as: EngineError, hint });
}

const MOST_CLASSES = 1 << 16;

/** @throws EngineError for a number that is no class */
function classesIn(place: string, data: AnyTensor['data']): Pick<ClassMap, 'classMap' | 'classes'> {
  let most = 0;
  for (const value of data) {
    const index = Number(value);
    if (index < 0 || index >= MOST_CLASSES) wrong(`segment: ${place}`, `classes from 0 to ${MOST_CLASSES - 1}`, String(value), { as: EngineError });
    most = Math.max(most, index);
  }
  const classMap = most > 255 ? new Uint16Array(data.length) : new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) classMap[i] = Number(data[i]);
  return { classMap, classes: most + 1 };
}

function refuse(name: string, output: AnyTensor | undefined): never {
  const expected = 'scores, float32 [1, classes, H, W], [1, H, W, classes] or [1, H, W], or classes, whole numbers [1, H, W], of the proportions of the input';
  const [got, hint] = [output ? `${name} ${output.dtype} ${showShape(output.shape)}` : 'no output', "use run(), or say task: 'segmentation' when it is loaded"];
  wrong('segment', expected, got, { as: UnsupportedError, hint });
}
