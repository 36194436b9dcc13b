import { FormatError, ShapeError } from '../../../base/errors.js';
import { required } from '../lib/op.js';
import type { Compute, HostOps } from '../lib/op.js';

type Box = readonly [y1: number, x1: number, y2: number, x2: number];

/** Corners in any order, or centre and size. */
function box(data: ArrayLike<number>, at: number, centred: boolean): Box {
  const [a, b, c, d] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
  if (centred) return [b - d / 2, a - c / 2, b + d / 2, a + c / 2];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

/** Intersection over union. */
function overlap(p: Box, q: Box): number {
  const height = Math.min(p[2], q[2]) - Math.max(p[0], q[0]);
  const width = Math.min(p[3], q[3]) - Math.max(p[1], q[1]);
  if (height <= 0 || width <= 0) return 0;
  const area = (b: Box): number => (b[2] - b[0]) * (b[3] - b[1]);
  return (height * width) / (area(p) + area(q) - height * width);
}

/** Boxes in falling order of score, without those that overlap a better one of their class too much. */
const nonMaxSuppression: Compute = (context) => {
  const [boxes, scores] = [required(context, 0), required(context, 1)];
  const most = context.inputs[2]?.data[0] ?? 0;
  const limit = context.inputs[3]?.data[0] ?? 0;
  const least = context.inputs[4]?.data[0];
  if (!(limit >= 0 && limit <= 1)) throw new FormatError(`iou_threshold is ${limit}, expected 0 to 1`, { place: 'iou_threshold', got: String(limit) });
  const centred = context.attributes.int('center_point_box', 0) !== 0;
  const [batches = 0, classes = 0, count = 0] = scores.shape;
  if (scores.shape.length !== 3 || boxes.shape.length !== 3 || boxes.shape[0] !== batches || boxes.shape[1] !== count || boxes.shape[2] !== 4) {
    throw new ShapeError(`boxes [${boxes.shape.join(', ')}] for scores [${scores.shape.join(', ')}]`, { place: 'boxes' });
  }
  const selected: number[] = [];
  for (let line = 0; line < batches * classes && most > 0; line++) {
    const batch = Math.floor(line / classes);
    const score = (i: number): number => scores.data[line * count + i]!;
    const order = Array.from({ length: count }, (_, i) => i)
      .filter((i) => least === undefined || score(i) > least)
      .sort((a, b) => score(b) - score(a) || a - b);
    const kept: Box[] = [];
    for (const i of order) {
      if (kept.length >= most) break;
      const candidate = box(boxes.data, (batch * count + i) * 4, centred);
      if (kept.some((other) => overlap(candidate, other) > limit)) continue;
      kept.push(candidate);
      selected.push(batch, line % classes, i);
    }
  }
  return [{ dtype: 'int64', shape: [selected.length / 3, 3], data: Float64Array.from(selected) }];
};

export const detectOps: HostOps = { NonMaxSuppression: nonMaxSuppression };
