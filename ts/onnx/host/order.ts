import { FormatError, ShapeError } from '../../errors.js';
import { allocate, size } from '../tensors.js';
import { numbersOf, required } from './op.js';
import type { HostOp, HostOps } from './op.js';
import { axisOf, stridesOf } from './shapes.js';

/** The k largest or smallest along an axis, among equals the lower index first. */
const topK: HostOp = (context) => {
  const x = required(context, 0);
  const { attributes, opset } = context;
  const k = opset < 10 ? attributes.int('k') : (numbersOf(context, 1)?.[0] ?? 0);
  const axis = axisOf(attributes.int('axis', -1), x.shape.length);
  const length = x.shape[axis]!;
  if (!(Number.isInteger(k) && k >= 0)) throw new FormatError(`k is ${k}`, { place: 'k', got: String(k) });
  if (k > length) throw new ShapeError(`k is ${k}, but axis ${axis} has only ${length}`, { place: 'k', got: String(k) });
  const sign = attributes.int('largest', 1) !== 0 ? -1 : 1;
  const inner = stridesOf(x.shape)[axis]!;
  const shape = x.shape.map((dim, i) => (i === axis ? k : dim));
  const values = allocate(x.dtype, size(shape));
  const indices = new Float64Array(values.length);
  const lines = length === 0 ? 0 : x.data.length / length;
  for (let line = 0; line < lines; line++) {
    const [outer, rest] = [Math.floor(line / inner), line % inner];
    const start = outer * inner * length + rest;
    const at = (i: number): number => x.data[start + i * inner]!;
    const order = Array.from({ length }, (_, i) => i).sort((a, b) => sign * (at(a) - at(b)) || a - b);
    for (let i = 0; i < k; i++) {
      values[(outer * k + i) * inner + rest] = at(order[i]!);
      indices[(outer * k + i) * inner + rest] = order[i]!;
    }
  }
  return [{ dtype: x.dtype, shape, data: values }, { dtype: 'int64', shape, data: indices }];
};

/** Where the elements are that are not 0: [rank, count], row-major. */
const nonZero: HostOp = (context) => {
  const x = required(context, 0);
  const found: number[] = [];
  x.data.forEach((value: number, i: number) => {
    if (value !== 0) found.push(i);
  });
  const strides = stridesOf(x.shape);
  const rank = x.shape.length;
  const data = new Float64Array(rank * found.length);
  found.forEach((at, k) => {
    for (let axis = 0; axis < rank; axis++) data[axis * found.length + k] = Math.floor(at / strides[axis]!) % x.shape[axis]!;
  });
  return [{ dtype: 'int64', shape: [rank, found.length], data }];
};

/** Distinct values, sorted or in the order of their first appearance, of the flattened tensor. */
const unique: HostOp = (context) => {
  const x = required(context, 0);
  if (context.attributes.has('axis')) throw new FormatError('Unique along an axis is not supported', { place: 'axis' });
  const firsts = new Map<number, number>();
  x.data.forEach((value: number, i: number) => firsts.set(value, firsts.get(value) ?? i));
  const values = [...firsts.keys()];
  if (context.attributes.int('sorted', 1) !== 0) values.sort((a, b) => a - b);
  const place = new Map(values.map((value, i) => [value, i]));
  const inverse = Float64Array.from(x.data, (value) => place.get(value) ?? 0);
  const counts = new Float64Array(values.length);
  inverse.forEach((i) => counts[i]!++);
  const int64 = (data: Float64Array): { dtype: 'int64'; shape: number[]; data: Float64Array } => ({ dtype: 'int64', shape: [data.length], data });
  const y = allocate(x.dtype, values.length);
  values.forEach((value, i) => (y[i] = value));
  return [{ dtype: x.dtype, shape: [values.length], data: y }, int64(Float64Array.from(values, (value) => firsts.get(value) ?? 0)), int64(inverse), int64(counts)];
};

export const orderOps: HostOps = { NonZero: nonZero, TopK: topK, Unique: unique };
