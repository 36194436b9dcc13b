import { FormatError, ShapeError, UnsupportedError } from '../../errors.js';
import { showShape } from '../../tensor/tensor.js';
import { allocate, size } from '../tensors.js';
import type { HostTensor } from '../types.js';
import { listOf, numbersOf, required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { axisOf, stridesOf, walk } from './shapes.js';

/** Elements from one index of the axis to the next, and how many such stretches there are. */
function around(shape: readonly number[], axis: number): { outer: number; inner: number } {
  return { outer: size(shape.slice(0, axis)), inner: size(shape.slice(axis + 1)) };
}

export function concatenate(tensors: readonly HostTensor[], axis: number): HostTensor {
  const first = tensors[0]!;
  const shape = [...first.shape];
  shape[axis] = tensors.reduce((sum, { shape: dims }) => sum + (dims[axis] ?? 0), 0);
  for (const { shape: dims } of tensors) {
    if (dims.length === shape.length && dims.every((dim, i) => i === axis || dim === shape[i])) continue;
    throw new ShapeError(`${showShape(first.shape)} and ${showShape(dims)} differ outside axis ${axis}`);
  }
  const { outer, inner } = around(shape, axis);
  const data = allocate(first.dtype, size(shape));
  let start = 0;
  for (const part of tensors) {
    const length = (part.shape[axis] ?? 0) * inner;
    for (let o = 0; o < outer; o++) data.set(part.data.subarray(o * length, (o + 1) * length) as never, start + o * shape[axis]! * inner);
    start += length;
  }
  return { dtype: first.dtype, shape, data };
}

const concat: HostOp = (context) => {
  const tensors = context.inputs.map((_, i) => required(context, i));
  const rank = required(context, 0).shape.length;
  return [concatenate(tensors, axisOf(context.attributes.int('axis', 1), rank))];
};

/** `count` indices of an axis from `start` on. */
export function part(x: HostTensor, axis: number, start: number, count: number): HostTensor {
  const shape = x.shape.map((dim, i) => (i === axis ? count : dim));
  const { outer, inner } = around(x.shape, axis);
  const data = allocate(x.dtype, size(shape));
  for (let o = 0; o < outer; o++) {
    const from = (o * x.shape[axis]! + start) * inner;
    data.set(x.data.subarray(from, from + count * inner) as never, o * count * inner);
  }
  return { dtype: x.dtype, shape, data };
}

const split: HostOp = (context) => {
  const x = required(context, 0);
  const axis = axisOf(context.attributes.int('axis', 0), x.shape.length);
  const total = x.shape[axis]!;
  const lengths = listOf(context, 'split', 1) ?? equalParts(total, context.attributes.int('num_outputs', context.outputCount));
  if (lengths.some((length) => length < 0) || lengths.reduce((a, b) => a + b, 0) !== total) {
    throw new ShapeError(`parts of ${lengths.join(', ')} do not make up the ${total} of axis ${axis}`, { place: 'split' });
  }
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return part(x, axis, start - length, length);
  });
};

/** Of parts that cannot be equal the last is smaller. */
function equalParts(total: number, count: number): number[] {
  if (!(count >= 1)) throw new FormatError(`num_outputs is ${count}`, { place: 'num_outputs' });
  const each = Math.ceil(total / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(each, total - i * each)));
}

const slice: HostOp = (context) => {
  const x = required(context, 0);
  const rank = x.shape.length;
  const starts = listOf(context, 'starts', 1) ?? [];
  const ends = listOf(context, 'ends', 2) ?? [];
  const axes = (listOf(context, 'axes', 3) ?? starts.map((_, i) => i)).map((axis) => axisOf(axis, rank));
  const steps = numbersOf(context, 4) ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    throw new FormatError(`${starts.length} starts, ${ends.length} ends, ${axes.length} axes and ${steps.length} steps`);
  }
  const shape = [...x.shape];
  const strides = stridesOf(x.shape);
  let base = 0;
  axes.forEach((axis, i) => {
    const [dim, step] = [x.shape[axis]!, steps[i]!];
    if (step === 0) throw new FormatError('a step is 0', { place: 'steps' });
    const clamp = (at: number, least: number, most: number): number => Math.max(least, Math.min(most, at < 0 ? at + dim : at));
    const [start, end] = step > 0 ? [clamp(starts[i]!, 0, dim), clamp(ends[i]!, 0, dim)] : [clamp(starts[i]!, 0, dim - 1), clamp(ends[i]!, -1, dim - 1)];
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
    base += start * strides[axis]!;
    strides[axis]! *= step;
  });
  const data = allocate(x.dtype, size(shape));
  walk(shape, [strides], (i, [at]) => (data[i] = x.data[base + at!]!));
  return [{ dtype: x.dtype, shape, data }];
};

/** Where an index of the padded axis comes from, or -1 for the constant. */
const SOURCES: Readonly<Record<string, (at: number, dim: number) => number>> = {
  constant: (at, dim) => (at >= 0 && at < dim ? at : -1),
  edge: (at, dim) => Math.max(0, Math.min(dim - 1, at)),
  wrap: (at, dim) => ((at % dim) + dim) % dim,
  reflect: (at, dim) => {
    if (dim === 1) return 0;
    const period = 2 * (dim - 1);
    const folded = ((at % period) + period) % period;
    return folded < dim ? folded : period - folded;
  },
};

const pad: HostOp = (context) => {
  const x = required(context, 0);
  const mode = context.attributes.string('mode', 'constant');
  const source = Object.hasOwn(SOURCES, mode) ? SOURCES[mode] : undefined;
  if (!source) throw new UnsupportedError(`mode: there is no padding by ${mode}`, { place: 'mode', got: mode });
  const pads = padsOf(context, x);
  const rank = x.shape.length;
  const value = context.inputs[2]?.data[0] ?? context.attributes.float('value', 0);
  const shape = x.shape.map((dim, axis) => dim + pads[axis]! + pads[rank + axis]!);
  if (shape.some((dim) => dim < 0)) throw new ShapeError(`pads [${pads.join(', ')}] take more than there is of ${showShape(x.shape)}`, { place: 'pads' });
  if (mode !== 'constant' && x.shape.includes(0) && !shape.includes(0)) throw new ShapeError(`${mode} padding of ${showShape(x.shape)} has nothing to repeat`);
  // For each axis where each index comes from, as an offset into x.
  const strides = stridesOf(x.shape);
  const offsets = shape.map((dim, axis) =>
    Float64Array.from({ length: dim }, (_, at) => {
      const from = source(at - pads[axis]!, x.shape[axis]!);
      return from < 0 ? Number.NaN : from * strides[axis]!;
    }),
  );
  const data = allocate(x.dtype, size(shape));
  const units = stridesOf(shape);
  for (let i = 0; i < data.length; i++) {
    let at = 0;
    for (let axis = 0; axis < rank; axis++) at += offsets[axis]![Math.floor(i / units[axis]!) % shape[axis]!]!;
    data[i] = Number.isNaN(at) ? value : x.data[at]!;
  }
  return [{ dtype: x.dtype, shape, data }];
};

/** Before and behind each axis, of all axes. */
function padsOf(context: HostContext, x: HostTensor): number[] {
  const given = context.attributes.has('paddings') ? context.attributes.ints('paddings') : (listOf(context, 'pads', 1) ?? []);
  const rank = x.shape.length;
  const axes = (numbersOf(context, 3) ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf(axis, rank));
  if (given.length !== 2 * axes.length) throw new FormatError(`${given.length} pads for ${axes.length} axes`, { place: 'pads' });
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    pads[axis] = given[i]!;
    pads[rank + axis] = given[axes.length + i]!;
  });
  return pads;
}

export const sliceOps: HostOps = { Concat: concat, Pad: pad, Slice: slice, Split: split };
