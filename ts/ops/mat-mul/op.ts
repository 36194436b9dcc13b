import * as steps from '../../contract/steps.js';
import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import { broadcast, broadcastStrides } from '../../tensor/shape.js';
import { ROWS } from '../layout.js';

export type MatMulAttrs = {
  /** Whether the matrices of the second tensor are transposed before: they are [M, K]. */
  readonly transposed: boolean;
};

/** Products of matrices: [..., N, K] by [..., K, M] to [..., N, M], the dimensions before broadcast. */
export const matMulOp = defineOp<MatMulAttrs>('MatMul', ({ transposed }) => ({
  reach: 'unknown',
  probabilities: 'mixed',
  // Dimensions align at the end: that of the images meets another one, or is that of the rows.
  acrossImages: ([a = 0, b = 0]) => a !== b || a < 3,
  infer([a = [], b = []]) {
    const [n = null, k = null] = a.slice(-2);
    const [rows = null, columns = null] = b.slice(-2);
    const [depth, m] = transposed ? [columns, rows] : [rows, columns];
    if (a.length < 2 || b.length < 2 || (k !== null && depth !== null && k !== depth)) {
      wrong(undefined, `matrices whose sizes fit those of ${showShape(a)}`, showShape(b), { as: ShapeError });
    }
    return [[...broadcast(a.slice(0, -2), b.slice(0, -2)), n, m]];
  },
  macs: ([a = []], [y = []]) => count(y) * (a.at(-1) ?? 0),
  layouts: ROWS,
  emit(context) {
    const [a, b, y] = [context.input(0), context.input(1), context.output()];
    const [n = 1, m = 1] = y.shape.slice(-2);
    const k = a.shape.at(-1) ?? 1;
    const dims = y.shape.slice(0, -2);
    const strides = (of: readonly number[]): number[] => broadcastStrides(of.slice(0, -2), dims).map((stride) => stride * count(of.slice(-2)));
    context.step(steps.matMul({
      a: a.id, b: b.id, y: y.id, aLen: count(a.shape), bLen: count(b.shape), n, k, m, transposed,
      ...(dims.length > 0 ? { dims, aStrides: strides(a.shape), bStrides: strides(b.shape) } : { dims: [1], aStrides: [0], bStrides: [0] }),
    }));
  },
}));
