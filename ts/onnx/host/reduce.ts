import { allocate, size } from '../tensors.js';
import type { HostTensor, OnnxDtype } from '../types.js';
import { listOf, required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { axisOf, stridesOf, walk } from './shapes.js';
import { isFloat, rounded, wrapped } from './types.js';

/** What becomes of all elements along the reduced axes. */
type Reduce = (values: Float64Array) => number;

/** Splits a shape into what stays and what is reduced, with the strides of each. */
function split(shape: readonly number[], axes: readonly number[]): { kept: number[]; reduced: number[]; keptStrides: number[]; reducedStrides: number[] } {
  const strides = stridesOf(shape);
  const [kept, reduced] = [shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)), shape.map((_, axis) => axis).filter((axis) => axes.includes(axis))];
  const pick = (list: readonly number[], from: readonly number[]): number[] => list.map((axis) => from[axis]!);
  return { kept: pick(kept, shape), reduced: pick(reduced, shape), keptStrides: pick(kept, strides), reducedStrides: pick(reduced, strides) };
}

export function reduced(x: HostTensor, axes: readonly number[], keep: boolean, reduce: Reduce, dtype: OnnxDtype = x.dtype): HostTensor {
  const { kept, reduced: dims, keptStrides, reducedStrides } = split(x.shape, axes);
  const data = allocate(dtype, size(kept));
  const values = new Float64Array(size(dims));
  walk(kept, [keptStrides], (index, [start]) => {
    walk(dims, [reducedStrides], (i, [offset]) => (values[i] = x.data[start! + offset!]!));
    data[index] = wrapped(dtype, reduce(values));
  });
  const shape = keep ? x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : kept;
  return rounded({ dtype, shape, data });
}

function reducer(reduce: Reduce): HostOp {
  return (context) => {
    const x = required(context, 0);
    const given = listOf(context, 'axes', 1) ?? [];
    if (given.length === 0 && context.attributes.int('noop_with_empty_axes', 0) !== 0) {
      // Nothing is reduced, but each element still goes through the function.
      return [reduced(x, [], true, reduce)];
    }
    const axes = given.length === 0 ? x.shape.map((_, axis) => axis) : given.map((axis) => axisOf(axis, x.shape.length));
    return [reduced(x, axes, context.attributes.int('keepdims', 1) !== 0, reduce)];
  };
}

function sum(values: Float64Array, of: (value: number) => number = (value) => value): number {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
}

function logSumExp(values: Float64Array): number {
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(largest)) return largest;
  return Math.log(sum(values, (value) => Math.exp(value - largest))) + largest;
}

/** Of an empty integer tensor the extremes are those of its type. */
function extreme(better: (a: number, b: number) => number, least: Readonly<Partial<Record<OnnxDtype, number>>>, otherwise: number): HostOp {
  return (context) => {
    const start = isFloat(required(context, 0).dtype) ? otherwise : (least[required(context, 0).dtype] ?? otherwise);
    return reducer((values) => values.reduce(better, start))(context);
  };
}

function arg(better: (a: number, b: number) => boolean): HostOp {
  return (context) => {
    const x = required(context, 0);
    const { attributes } = context;
    const axis = axisOf(attributes.int('axis', 0), x.shape.length);
    const last = attributes.int('select_last_index', 0) !== 0;
    const find: Reduce = (values) => {
      let best = 0;
      for (let i = 1; i < values.length; i++) if (better(values[i]!, values[best]!) || (last && values[i] === values[best])) best = i;
      return best;
    };
    return [reduced(x, [axis], attributes.int('keepdims', 1) !== 0, find, 'int64')];
  };
}

const cumSum: HostOp = (context: HostContext) => {
  const x = required(context, 0);
  const axis = axisOf(required(context, 1).data[0] ?? 0, x.shape.length);
  const [exclusive, reverse] = [context.attributes.int('exclusive', 0) !== 0, context.attributes.int('reverse', 0) !== 0];
  const [length, inner] = [x.shape[axis]!, stridesOf(x.shape)[axis]!];
  const data = allocate(x.dtype, x.data.length);
  for (let line = 0; line < data.length / Math.max(1, length); line++) {
    const start = Math.floor(line / inner) * inner * length + (line % inner);
    let total = 0;
    for (let k = 0; k < length; k++) {
      const at = start + (reverse ? length - 1 - k : k) * inner;
      const before = total;
      total += x.data[at]!;
      data[at] = wrapped(x.dtype, exclusive ? before : total);
    }
  }
  return [rounded({ ...x, data })];
};

const LEAST = { int8: -128, int32: -(2 ** 31), int64: -(2 ** 63), uint8: 0, bool: 0 };
const MOST = { int8: 127, int32: 2 ** 31 - 1, int64: 2 ** 63, uint8: 255, bool: 1 };

export const reduceOps: HostOps = {
  ArgMax: arg((a, b) => a > b),
  ArgMin: arg((a, b) => a < b),
  CumSum: cumSum,
  ReduceL1: reducer((values) => sum(values, Math.abs)),
  ReduceL2: reducer((values) => Math.sqrt(sum(values, (value) => value * value))),
  ReduceLogSum: reducer((values) => Math.log(sum(values))),
  ReduceLogSumExp: reducer(logSumExp),
  ReduceMax: extreme((a, b) => Math.max(a, b), LEAST, -Infinity),
  ReduceMean: reducer((values) => sum(values) / values.length),
  ReduceMin: extreme((a, b) => Math.min(a, b), MOST, Infinity),
  ReduceProd: reducer((values) => values.reduce((a, b) => a * b, 1)),
  ReduceSum: reducer((values) => sum(values)),
  ReduceSumSquare: reducer((values) => sum(values, (value) => value * value)),
};
