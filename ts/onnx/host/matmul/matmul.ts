import { ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, reshaped, size } from '../../form/tensors.js';
import type { HostTensor, OnnxDtype } from '../../form/types.js';
import { combine } from '../elementwise/elementwise.js';
import { permuted } from '../shape/layout.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { broadcast, broadcastStrides } from '../../../tensor/shape.js';
import { walk } from '../lib/walk.js';
import { isFloat, rounded, wrapped } from '../lib/types.js';

/** Adds a product to a sum in the wide integers, of which doubles would lose the last digits; undefined where doubles do. */
export function wideSum(dtype: OnnxDtype): ((sum: number, x: number, y: number) => number) | undefined {
  if (dtype === 'int32' || dtype === 'uint32') return (sum, x, y) => wrapped(dtype, sum + Math.imul(x, y));
  if (dtype === 'int64' || dtype === 'uint64') return (sum, x, y) => wrapped(dtype, sum + wrapped(dtype, x * y));
  return undefined;
}

/**
 * Matrices in the last two dimensions, all others broadcast; a vector is a row on the left and a column on the right, and
 * loses that dimension again (NumPy's matmul). Sums are doubles.
 */
export function matmul(a: HostTensor, b: HostTensor, dtype: OnnxDtype): HostTensor {
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const [m, k, k2, n] = [left.at(-2), left.at(-1), right.at(-2), right.at(-1)];
  if (m === undefined || k === undefined || n === undefined || k !== k2) {
    wrong(undefined, `a matrix to multiply ${showShape(a.shape)} with`, showShape(b.shape), { as: ShapeError });
  }
  const batch = broadcast(left.slice(0, -2), right.slice(0, -2));
  const starts = [left, right].map((shape) => broadcastStrides(shape.slice(0, -2), batch));
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])];
  const data = allocate(dtype, size(shape));
  if (data.length === 0) return { dtype, shape, data };
  const row = allocate('float64', n);
  const add = wideSum(dtype);
  walk(batch, starts, (index, [p, q]) => {
    const [from, other, to] = [p! * m * k, q! * k * n, index * m * n];
    for (let i = 0; i < m; i++) {
      row.fill(0);
      for (let l = 0; l < k; l++) {
        const x = a.data[from + i * k + l]!;
        if (add) for (let j = 0; j < n; j++) row[j] = add(row[j]!, x, b.data[other + l * n + j]!);
        else for (let j = 0; j < n; j++) row[j]! += x * b.data[other + l * n + j]!;
      }
      for (let j = 0; j < n; j++) data[to + i * n + j] = wrapped(dtype, row[j]!);
    }
  });
  return rounded({ dtype, shape, data });
}

/** alpha A B + beta C of matrices, A and B transposed where `transA` and `transB` say so; C broadcasts to the product. */
const gemm: Compute = (context) => {
  const { attributes } = context;
  const operand = (index: number, name: string): HostTensor => {
    const x = required(context, index);
    if (x.shape.length !== 2) wrong(`input ${index}`, 'a matrix', showShape(x.shape), { as: ShapeError });
    return attributes.int(name, 0) === 0 ? x : permuted(x, [1, 0]);
  };
  const [a, b] = [operand(0, 'transA'), operand(1, 'transB')];
  const [alpha, beta] = [attributes.float('alpha', 1), attributes.float('beta', 1)];
  const { dtype } = a;
  const product = matmul(a, b, isFloat(dtype) ? 'float64' : dtype);
  const c = context.inputs[2] ?? { ...product, shape: [], data: allocate(product.dtype, 1) };
  const sum = combine(product, c, 'float64', (x, y) => alpha * x + beta * y);
  if (showShape(sum.shape) !== showShape(product.shape)) {
    wrong('input 2', `a shape that broadcasts to ${showShape(product.shape)}`, showShape(c.shape), { as: ShapeError });
  }
  const data = allocate(dtype, sum.data.length);
  for (let i = 0; i < data.length; i++) data[i] = wrapped(dtype, sum.data[i]!);
  return [rounded({ dtype, shape: sum.shape, data })];
};

/** Quantised numbers less their zero point: one for all, or one for each row (left) or column (right). */
function shifted(context: HostContext, index: number, zero: number, perRow: boolean): HostTensor {
  const x = required(context, index);
  const point = context.inputs[zero];
  if (!point) return x;
  const ofRows = perRow && point.shape.length === 1 ? reshaped(point, [point.data.length, 1]) : point;
  const less = combine(x, point.data.length === 1 ? reshaped(point, []) : ofRows, 'int32', (value, by) => value - by);
  if (showShape(less.shape) === showShape(x.shape)) return less;
  wrong(`input ${zero}`, `zero points for ${showShape(x.shape)}`, showShape(point.shape), { as: ShapeError });
}

const matMulInteger: Compute = (context) => [matmul(shifted(context, 0, 2, true), shifted(context, 1, 3, false), 'int32')];

export const matmulOps: HostOps = {
  Gemm: gemm,
  MatMul: (context) => [matmul(required(context, 0), required(context, 1), required(context, 0).dtype)],
  MatMulInteger: matMulInteger,
};
