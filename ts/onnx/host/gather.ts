import { FormatError, ShapeError } from '../../errors.js';
import { showShape } from '../../tensor/tensor.js';
import { allocate, fill, size } from '../tensors.js';
import type { HostTensor, Numbers } from '../types.js';
import { numbersOf, required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { axisOf, stridesOf, walk } from './shapes.js';

/** An index that may count from the end. @throws ShapeError outside of the axis */
function indexOf(index: number, dim: number): number {
  const resolved = index < 0 ? index + dim : index;
  if (resolved >= 0 && resolved < dim) return resolved;
  throw new ShapeError(`index ${index} of an axis of ${dim}`, { place: 'indices', got: String(index) });
}

const gather: HostOp = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  const axis = axisOf(context.attributes.int('axis', 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const [dim, inner] = [x.shape[axis]!, size(x.shape.slice(axis + 1))];
  const outer = size(x.shape.slice(0, axis));
  const data = allocate(x.dtype, size(shape));
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of indices.data) {
      const from = (o * dim + indexOf(index, dim)) * inner;
      data.set(x.data.subarray(from, from + inner) as never, to);
      to += inner;
    }
  }
  return [{ dtype: x.dtype, shape, data }];
};

/** Calls `visit` for each index with its place in the indices and in the tensor it points into. */
function alongAxis(indices: HostTensor, shape: readonly number[], axis: number, visit: (i: number, at: number) => void): void {
  if (indices.shape.length !== shape.length) throw new ShapeError(`indices ${showShape(indices.shape)} into ${showShape(shape)}`);
  const strides = stridesOf(shape);
  const others = strides.map((stride, i) => (i === axis ? 0 : stride));
  walk(indices.shape, [others], (i, [at]) => visit(i, at! + indexOf(indices.data[i]!, shape[axis]!) * strides[axis]!));
}

const gatherElements: HostOp = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  const axis = axisOf(context.attributes.int('axis', 0), x.shape.length);
  const data = allocate(x.dtype, indices.data.length);
  alongAxis(indices, x.shape, axis, (i, at) => (data[i] = x.data[at]!));
  return [{ dtype: x.dtype, shape: indices.shape, data }];
};

/** Where each index tuple points, and how many elements it takes. */
function tuples(x: HostTensor, indices: HostTensor, batch: number): { starts: number[]; inner: number } {
  const depth = indices.shape.at(-1) ?? 0;
  const taken = x.shape.slice(batch, batch + depth);
  if (batch + depth > x.shape.length) throw new ShapeError(`indices of ${depth} numbers into ${showShape(x.shape)}`);
  const strides = stridesOf(x.shape);
  const perBatch = size(x.shape.slice(batch));
  const count = depth === 0 ? size(indices.shape.slice(0, -1)) : indices.data.length / depth;
  const batches = size(x.shape.slice(0, batch));
  const inBatch = count / Math.max(1, batches);
  const starts = Array.from({ length: count }, (_, t) => {
    let at = Math.floor(t / inBatch) * (batch > 0 ? perBatch : 0);
    for (let d = 0; d < depth; d++) at += indexOf(indices.data[t * depth + d]!, taken[d]!) * strides[batch + d]!;
    return at;
  });
  return { starts, inner: size(x.shape.slice(batch + depth)) };
}

const gatherNd: HostOp = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  const batch = context.attributes.int('batch_dims', 0);
  const { starts, inner } = tuples(x, indices, batch);
  const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(batch + (indices.shape.at(-1) ?? 0))];
  const data = allocate(x.dtype, starts.length * inner);
  starts.forEach((from, t) => data.set(x.data.subarray(from, from + inner) as never, t * inner));
  return [{ dtype: x.dtype, shape, data }];
};

const REDUCTIONS: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

function reduction({ attributes }: HostContext): (old: number, update: number) => number {
  const name = attributes.string('reduction', 'none');
  const found = Object.hasOwn(REDUCTIONS, name) ? REDUCTIONS[name] : undefined;
  if (found) return found;
  throw new FormatError(`reduction: there is no ${name}`, { place: 'reduction', got: name });
}

const scatterElements: HostOp = (context) => {
  const [x, indices, updates] = [required(context, 0), required(context, 1), required(context, 2)];
  if (updates.shape.join() !== indices.shape.join()) throw new ShapeError(`updates ${showShape(updates.shape)} for indices ${showShape(indices.shape)}`);
  const axis = axisOf(context.attributes.int('axis', 0), x.shape.length);
  const reduce = reduction(context);
  const data = x.data.slice() as Numbers;
  alongAxis(indices, x.shape, axis, (i, at) => (data[at] = reduce(data[at]!, updates.data[i]!)));
  return [{ ...x, data }];
};

const scatterNd: HostOp = (context) => {
  const [x, indices, updates] = [required(context, 0), required(context, 1), required(context, 2)];
  const { starts, inner } = tuples(x, indices, 0);
  if (updates.data.length !== starts.length * inner) throw new ShapeError(`updates ${showShape(updates.shape)} for indices ${showShape(indices.shape)}`);
  const reduce = reduction(context);
  const data = x.data.slice() as Numbers;
  starts.forEach((start, t) => {
    for (let i = 0; i < inner; i++) data[start + i] = reduce(data[start + i]!, updates.data[t * inner + i]!);
  });
  return [{ ...x, data }];
};

const oneHot: HostOp = (context) => {
  const [indices, depthTensor, values] = [required(context, 0), required(context, 1), required(context, 2)];
  const depth = Math.trunc(depthTensor.data[0] ?? 0);
  const axis = axisOf(context.attributes.int('axis', -1), indices.shape.length + 1);
  const [off = 0, on = 1] = values.data;
  const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
  const inner = size(indices.shape.slice(axis));
  const wanted = Array.from(indices.data, (index) => (index < 0 ? index + depth : index));
  return [
    fill(values.dtype, shape, (i) => {
      const [o, rest] = [Math.floor(i / (depth * inner)), i % (depth * inner)];
      return wanted[o * inner + (rest % inner)] === Math.floor(rest / inner) ? on : off;
    }),
  ];
};

const compress: HostOp = (context) => {
  const [given, condition] = [required(context, 0), required(context, 1)];
  const flat = !context.attributes.has('axis');
  const x = flat ? { ...given, shape: [given.data.length] } : given;
  const axis = flat ? 0 : axisOf(context.attributes.int('axis'), x.shape.length);
  const kept = Array.from(condition.data.subarray(0, x.shape[axis])).flatMap((keep, i) => (keep !== 0 ? [i] : []));
  const indices: HostTensor = { dtype: 'int64', shape: [kept.length], data: Float64Array.from(kept) };
  const strides = stridesOf(x.shape);
  const shape = x.shape.map((dim, i) => (i === axis ? kept.length : dim));
  const data = allocate(x.dtype, size(shape));
  const inner = strides[axis]!;
  const outer = size(x.shape.slice(0, axis));
  for (let o = 0; o < outer; o++) {
    indices.data.forEach((index, k) => {
      const from = (o * x.shape[axis]! + index) * inner;
      data.set(x.data.subarray(from, from + inner) as never, (o * kept.length + k) * inner);
    });
  }
  return [{ dtype: x.dtype, shape, data }];
};

const reverseSequence: HostOp = (context) => {
  const x = required(context, 0);
  const lengths = numbersOf(context, 1) ?? [];
  const batchAxis = axisOf(context.attributes.int('batch_axis', 1), x.shape.length);
  const timeAxis = axisOf(context.attributes.int('time_axis', 0), x.shape.length);
  const strides = stridesOf(x.shape);
  const data = allocate(x.dtype, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const time = Math.floor(i / strides[timeAxis]!) % x.shape[timeAxis]!;
    const length = lengths[Math.floor(i / strides[batchAxis]!) % x.shape[batchAxis]!] ?? 0;
    const from = time < length ? i + (length - 1 - 2 * time) * strides[timeAxis]! : i;
    data[i] = x.data[from]!;
  }
  return [{ ...x, data }];
};

export const gatherOps: HostOps = {
  Compress: compress,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  OneHot: oneHot,
  ReverseSequence: reverseSequence,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
};
