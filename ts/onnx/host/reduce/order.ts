import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { stridesOf } from '../../../tensor/shape.js';
import { axisOf } from '../../form/axis.js';

/** How many are asked for, which was an attribute before opset 10. */
function countOf(context: HostContext, length: number): number {
  const k = context.opset < 10 ? context.attributes.int('k') : required(context, 1).data[0];
  if (k === undefined || !(Number.isInteger(k) && k >= 0)) wrong('k', 'a whole number from 0 on', String(k), { as: FormatError });
  if (k > length) wrong('k', `at most ${length}, the length of the axis`, String(k), { as: ShapeError });
  return k;
}

/** In rising order; NaN counts as larger than all others. */
function compare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** The k largest or smallest along an axis, among equals the lower index first. */
const topK: Compute = (context) => {
  const x = required(context, 0);
  const axis = axisOf(context.attributes.int('axis', -1), x.shape.length);
  const length = x.shape[axis]!;
  const k = countOf(context, length);
  const sign = context.attributes.int('largest', 1) !== 0 ? -1 : 1;
  const inner = stridesOf(x.shape)[axis]!;
  const shape = x.shape.map((dim, i) => (i === axis ? k : dim));
  const values = allocate(x.dtype, size(shape));
  const indices = new Float64Array(values.length);
  const order = new Uint32Array(length);
  const lines = length === 0 ? 0 : x.data.length / length;
  for (let line = 0; line < lines; line++) {
    const [outer, rest] = [Math.floor(line / inner), line % inner];
    const start = outer * inner * length + rest;
    const at = (i: number): number => x.data[start + i * inner]!;
    for (let i = 0; i < length; i++) order[i] = i;
    order.sort((a, b) => sign * compare(at(a), at(b)) || a - b);
    for (let i = 0; i < k; i++) {
      values[(outer * k + i) * inner + rest] = at(order[i]!);
      indices[(outer * k + i) * inner + rest] = order[i]!;
    }
  }
  return [{ dtype: x.dtype, shape, data: values }, { dtype: 'int64', shape, data: indices }];
};

/** Where the elements are that are not 0: [rank, count], row-major. */
const nonZero: Compute = (context) => {
  const x = required(context, 0);
  let count = 0;
  for (const value of x.data) if (value !== 0) count++;
  const strides = stridesOf(x.shape);
  const rank = x.shape.length;
  const data = allocate('int64', rank * count);
  let k = 0;
  for (let i = 0; i < x.data.length; i++) {
    if (x.data[i] === 0) continue;
    for (let axis = 0; axis < rank; axis++) data[axis * count + k] = Math.floor(i / strides[axis]!) % x.shape[axis]!;
    k++;
  }
  return [{ dtype: 'int64', shape: [rank, count], data }];
};

/** The tensor as so many slices along an axis, each a row. */
function slicesOf(x: HostTensor, axis: number): HostTensor {
  const [length, inner] = [x.shape[axis]!, stridesOf(x.shape)[axis]!];
  const outer = size(x.shape.slice(0, axis));
  const data = allocate(x.dtype, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const [o, at, rest] = [Math.floor(i / (length * inner)), Math.floor(i / inner) % length, i % inner];
    data[(at * outer + o) * inner + rest] = x.data[i]!;
  }
  return { dtype: x.dtype, shape: [length, outer * inner], data };
}

function compareRows(data: HostTensor['data'], width: number, a: number, b: number): number {
  for (let i = 0; i < width; i++) {
    const order = compare(data[a * width + i]!, data[b * width + i]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** Rows that are distinct, each by where it is first; and for each row, which of these it is. */
function distinct(rows: HostTensor, sorted: boolean): { firsts: number[]; inverse: Float64Array } {
  const [count = 0, width = 0] = rows.shape;
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => compareRows(rows.data, width, a, b) || a - b);
  const firsts: number[] = [];
  const firstOf = new Float64Array(count);
  order.forEach((row, i) => {
    const before = order[i - 1];
    if (before === undefined || compareRows(rows.data, width, before, row) !== 0) firsts.push(row);
    firstOf[row] = firsts.at(-1)!;
  });
  if (!sorted) firsts.sort((a, b) => a - b);
  const place = new Map(firsts.map((row, i) => [row, i]));
  return { firsts, inverse: firstOf.map((row) => place.get(row) ?? 0) };
}

/** Distinct elements of the flattened tensor, or distinct slices along an axis; sorted, or in the order in which they come. */
const unique: Compute = (context) => {
  const x = required(context, 0);
  const axis = context.attributes.has('axis') ? axisOf(context.attributes.int('axis'), x.shape.length) : undefined;
  const rows = axis === undefined ? { ...x, shape: [x.data.length, 1] } : slicesOf(x, axis);
  const { firsts, inverse } = distinct(rows, context.attributes.int('sorted', 1) !== 0);
  const counts = new Float64Array(firsts.length);
  for (const i of inverse) counts[i]!++;
  const shape = axis === undefined ? [firsts.length] : x.shape.map((dim, i) => (i === axis ? firsts.length : dim));
  const data = allocate(x.dtype, size(shape));
  const inner = axis === undefined ? 1 : stridesOf(x.shape)[axis]!;
  const width = rows.shape[1]!;
  firsts.forEach((row, k) => {
    for (let i = 0; i < width; i++) {
      data[(Math.floor(i / inner) * firsts.length + k) * inner + (i % inner)] = rows.data[row * width + i]!;
    }
  });
  const int64 = (values: Float64Array): HostTensor => ({ dtype: 'int64', shape: [values.length], data: values });
  return [{ dtype: x.dtype, shape, data }, int64(Float64Array.from(firsts)), int64(inverse), int64(counts)];
};

export const orderOps: HostOps = { NonZero: nonZero, TopK: topK, Unique: unique };
