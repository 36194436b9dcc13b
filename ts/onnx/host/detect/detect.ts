import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { suppressSpec } from '../../../contract/steps.js';
import { suppressInEngine } from '../../../wasm/boxes.js';
import type { Instance } from '../../../wasm/instance.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import type { HostTensor } from '../../form/types.js';

/** With fewer boxes than this, to write them into the engine's memory takes longer than to compare them here. */
const FEW = 32;

/** A smaller area is none, as in the engine: products of float32 below it lose digits. */
const LEAST_AREA = 1e-30;

const { fround, min, max } = Math;

/** Boxes as [n, 4]: the lesser corner, then the greater. Which axis comes first makes no difference. */
function corners(data: ArrayLike<number>, centred: boolean): Float32Array {
  const boxes = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const [a, b, c, d] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
    boxes.set(centred ? [a - fround(c / 2), b - fround(d / 2), a + fround(c / 2), b + fround(d / 2)] : [min(a, c), min(b, d), max(a, c), max(b, d)], at);
  }
  return boxes;
}

/** Intersection over union of boxes p and q, to the bit that of the engine. */
function overlap(boxes: Float32Array, p: number, q: number): number {
  const side = (axis: 0 | 1): number => fround(min(boxes[4 * p + axis + 2]!, boxes[4 * q + axis + 2]!) - max(boxes[4 * p + axis]!, boxes[4 * q + axis]!));
  const area = (at: number): number => fround(fround(boxes[4 * at + 2]! - boxes[4 * at]!) * fround(boxes[4 * at + 3]! - boxes[4 * at + 1]!));
  const [height, width, own, other] = [side(0), side(1), area(p), area(q)];
  if (!(height > 0 && width > 0 && min(own, other) >= LEAST_AREA && max(own, other) < Infinity)) return 0;
  const common = fround(height * width);
  return fround(common / fround(fround(own + other) - common));
}

interface Limits {
  /** Boxes that are kept of a class. */
  readonly most: number;
  readonly iou: number;
  /** What is kept has a greater score. */
  readonly least: number | undefined;
}

function limitsOf({ inputs }: HostContext): Limits {
  const iou = inputs[3]?.data[0] ?? 0;
  if (!(iou >= 0 && iou <= 1)) wrong('iou_threshold', '0 to 1', String(iou), { as: FormatError });
  return { most: max(inputs[2]?.data[0] ?? 0, 0), iou, least: inputs[4]?.data[0] };
}

/** Those of a class that are kept, in falling order of score, among equals by index. A score that is NaN never is. */
function selectHere(boxes: Float32Array, scores: Float32Array, { most, iou, least = NaN }: Limits): ArrayLike<number> {
  const kept: number[] = [];
  const order = Array.from(scores.keys()).filter((i) => !(scores[i]! <= least) && !Number.isNaN(scores[i]));
  for (const i of order.sort((a, b) => scores[b]! - scores[a]! || a - b)) {
    if (kept.length >= most) break;
    if (!kept.some((other) => overlap(boxes, other, i) > iou)) kept.push(i);
  }
  return kept;
}

function selectInEngine(instance: Instance, boxes: Float32Array, scores: Float32Array, { most, iou, least }: Limits): ArrayLike<number> {
  const words = suppressSpec({ method: 'greedy', max: min(most, scores.length), candidates: scores.length });
  return suppressInEngine(instance, { boxes, scores }, words, { iou, floor: least }).indices;
}

function expectSizes(boxes: HostTensor, scores: HostTensor): void {
  const [batches, , count] = scores.shape;
  if (scores.shape.length === 3 && boxes.shape.length === 3 && boxes.shape[0] === batches && boxes.shape[1] === count && boxes.shape[2] === 4) return;
  wrong('boxes', `boxes for scores [${scores.shape.join(', ')}]`, `[${boxes.shape.join(', ')}]`, { as: ShapeError });
}

/** Boxes in falling order of score, without those that overlap a better one of their class too much. */
const nonMaxSuppression: Compute = (context) => {
  const [boxes, scores] = [required(context, 0), required(context, 1)];
  const limits = limitsOf(context);
  expectSizes(boxes, scores);
  const centred = context.attributes.int('center_point_box', 0) !== 0;
  const [batches = 0, classes = 0, count = 0] = scores.shape;
  const [sides, numbers] = [corners(boxes.data, centred), Float32Array.from(scores.data)];
  const selected: number[] = [];
  for (let line = 0; line < batches * classes && limits.most > 0; line++) {
    const batch = Math.floor(line / classes);
    const own = sides.subarray(4 * batch * count, 4 * (batch + 1) * count);
    const scored = numbers.subarray(line * count, (line + 1) * count);
    const { instance } = context;
    const kept = instance && count >= FEW ? selectInEngine(instance, own, scored, limits) : selectHere(own, scored, limits);
    for (let at = 0; at < kept.length; at++) selected.push(batch, line % classes, kept[at]!);
  }
  return [{ dtype: 'int64', shape: [selected.length / 3, 3], data: Float64Array.from(selected) }];
};

export const detectOps: HostOps = { NonMaxSuppression: nonMaxSuppression };
