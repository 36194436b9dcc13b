import { ShapeError, UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, OnnxDtype } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostOps } from '../lib/op.js';
import { stridesOf } from '../../../tensor/shape.js';
import { walk } from '../lib/walk.js';
import { axisOf } from '../../form/axis.js';
import { isFloat, rangeOf, rounded, wrapped } from '../lib/types.js';

/** What becomes of all elements along the reduced axes. */
type Reduce = (values: Float64Array) => number;

/** The same in integers of any length, for results that a double does not hold exactly. */
type ReduceExactly = (values: readonly bigint[]) => bigint;

/** Where the elements of a shape lie that is read with given strides. */
function offsetsOf(shape: readonly number[], strides: readonly number[]): Float64Array {
  const offsets = allocate('float64', size(shape)) as Float64Array;
  walk(shape, [strides], (i, [offset]) => (offsets[i] = offset!));
  return offsets;
}

/** The tensor with `reduce` of all elements along some axes in their place; what it gives is of the type `dtype`. */
export function reduced(x: HostTensor, axes: readonly number[], keep: boolean, reduce: Reduce, dtype: OnnxDtype = x.dtype): HostTensor {
  const strides = stridesOf(x.shape);
  const along = x.shape.map((_, axis) => axis).filter((axis) => axes.includes(axis));
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const kept = others.map((axis) => x.shape[axis]!);
  const offsets = offsetsOf(along.map((axis) => x.shape[axis]!), along.map((axis) => strides[axis]!));
  const data = allocate(dtype, size(kept));
  const values = new Float64Array(offsets.length);
  walk(kept, [others.map((axis) => strides[axis]!)], (index, [start]) => {
    for (let i = 0; i < values.length; i++) values[i] = x.data[start! + offsets[i]!]!;
    data[index] = reduce(values);
  });
  const shape = keep ? x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : kept;
  return rounded({ dtype, shape, data });
}

/** A result as the type holds it: integers are cut off and wrap around. */
function held(dtype: OnnxDtype, reduce: Reduce, exactly?: ReduceExactly): Reduce {
  if (isFloat(dtype)) return reduce;
  return (values) => {
    const result = reduce(values);
    // An integer type has neither a mean of nothing nor a logarithm of 0: they are 0 and its least value.
    if (!Number.isFinite(result)) return Number.isNaN(result) ? 0 : rangeOf(dtype)[0];
    if (exactly === undefined || Number.isSafeInteger(Math.trunc(result))) return wrapped(dtype, result);
    return exactInteger(dtype, exactly(Array.from(values, BigInt)));
  };
}

function exactInteger(dtype: OnnxDtype, value: bigint): number {
  if (dtype !== 'int64' && dtype !== 'uint64') return wrapped(dtype, Number(BigInt.asIntN(32, value)));
  wrong(undefined, `results of ${dtype} arithmetic within 2^53`, String(value), { as: UnsupportedError });
}

function reducer(reduceOf: (dtype: OnnxDtype) => Reduce): Compute {
  return (context) => {
    const x = required(context, 0);
    const rank = x.shape.length;
    const given = context.attributes.intsOr('axes', context.inputs[1]) ?? [];
    const keep = context.attributes.int('keepdims', 1) !== 0;
    const noop = given.length === 0 && context.attributes.int('noop_with_empty_axes', 0) !== 0;
    // Where nothing is reduced each element still goes through the function.
    if (noop) return [reduced(x, [], true, reduceOf(x.dtype))];
    const axes = given.length === 0 ? x.shape.map((_, axis) => axis) : given.map((axis) => axisOf(axis, rank));
    return [reduced(x, axes, keep, reduceOf(x.dtype))];
  };
}

function arithmetic(reduce: Reduce, exactly?: ReduceExactly): Compute {
  return reducer((dtype) => held(dtype, reduce, exactly));
}

/** Of an empty tensor the extremes are those of its type. */
function extreme(better: (a: number, b: number) => number, end: 0 | 1): Compute {
  return reducer((dtype) => {
    const infinite = end === 0 ? -Infinity : Infinity;
    const start = isFloat(dtype) ? infinite : dtype === 'bool' ? end : rangeOf(dtype)[end];
    return (values) => {
      let best = values.length === 0 ? start : values[0]!;
      for (const value of values) best = better(best, value);
      return best;
    };
  });
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function sumOf(values: Float64Array, f: (value: number) => number): number {
  let total = 0;
  for (const value of values) total += f(value);
  return total;
}

const square = (value: number): number => value * value;

function logSumExp(values: Float64Array): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  if (!Number.isFinite(largest)) return largest;
  return Math.log(sumOf(values, (value) => Math.exp(value - largest))) + largest;
}

function product(values: Float64Array): number {
  let total = 1;
  for (const value of values) total *= value;
  return total;
}

function arg(better: (a: number, b: number) => boolean): Compute {
  return (context) => {
    const x = required(context, 0);
    const { attributes } = context;
    const axis = axisOf(attributes.int('axis', 0), x.shape.length);
    const last = attributes.int('select_last_index', 0) !== 0;
    const find: Reduce = (values) => {
      if (values.length === 0) wrong('axis', 'elements, of which to take an extreme', `none along axis ${axis}`, { as: ShapeError });
      let best = 0;
      for (let i = 1; i < values.length; i++) {
        if (better(values[i]!, values[best]!) || (last && values[i] === values[best])) best = i;
      }
      return best;
    };
    return [reduced(x, [axis], attributes.int('keepdims', 1) !== 0, find, 'int64')];
  };
}

const cumSum: Compute = (context) => {
  const x = required(context, 0);
  const axis = axisOf(required(context, 1).data[0] ?? 0, x.shape.length);
  const { attributes } = context;
  const [exclusive, reverse] = [attributes.int('exclusive', 0) !== 0, attributes.int('reverse', 0) !== 0];
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

const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

export const reduceOps: HostOps = {
  ArgMax: arg((a, b) => a > b),
  ArgMin: arg((a, b) => a < b),
  CumSum: cumSum,
  ReduceL1: arithmetic((values) => sumOf(values, Math.abs), (values) => total(values.map((v) => (v < 0n ? -v : v)))),
  ReduceL2: arithmetic((values) => Math.sqrt(sumOf(values, square))),
  ReduceLogSum: arithmetic((values) => Math.log(sum(values))),
  ReduceLogSumExp: arithmetic(logSumExp),
  ReduceMax: extreme(Math.max, 0),
  ReduceMean: arithmetic((values) => sum(values) / values.length),
  ReduceMin: extreme(Math.min, 1),
  ReduceProd: arithmetic(product, (values) => values.reduce((a, b) => a * b, 1n)),
  ReduceSum: arithmetic(sum, total),
  ReduceSumSquare: arithmetic((values) => sumOf(values, square), (values) => total(values.map((v) => v * v))),
};
