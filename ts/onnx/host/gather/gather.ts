import { fromEnd, stridesOf } from '../../../tensor/shape.js';
import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { alongAxis, indexOf, tuples } from './index.js';
import { scatterElements, scatterNd } from './scatter.js';
import { axisOf } from '../../form/axis.js';
import { copyNumbers } from '../lib/copy.js';

/** The given indices of an axis, which dimensions of any shape take the place of. */
function taken(x: HostTensor, axis: number, indices: ArrayLike<number>, dims: readonly number[]): HostTensor {
  const shape = [...x.shape.slice(0, axis), ...dims, ...x.shape.slice(axis + 1)];
  const data = allocate(x.dtype, size(shape));
  const [dim, inner] = [x.shape[axis]!, size(x.shape.slice(axis + 1))];
  for (let to = 0, row = 0; to < data.length; row += dim) {
    for (let i = 0; i < indices.length; i++, to += inner) copyNumbers(x.data, (row + indexOf(indices[i]!, dim)) * inner, data, to, inner);
  }
  return { dtype: x.dtype, shape, data };
}

const gather: Compute = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  return [taken(x, axisOf(context.attributes.int('axis', 0), x.shape.length), indices.data, indices.shape)];
};

const gatherElements: Compute = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  const axis = axisOf(context.attributes.int('axis', 0), x.shape.length);
  const data = allocate(x.dtype, indices.data.length);
  alongAxis(indices, x.shape, axis, (i, at) => (data[i] = x.data[at]!));
  return [{ dtype: x.dtype, shape: indices.shape, data }];
};

const gatherNd: Compute = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  const { starts, inner, rest } = tuples(x, indices, context.attributes.int('batch_dims', 0));
  const shape = [...indices.shape.slice(0, -1), ...rest];
  const data = allocate(x.dtype, size(shape));
  starts.forEach((from, t) => copyNumbers(x.data, from, data, t * inner, inner));
  return [{ dtype: x.dtype, shape, data }];
};

/** The first number of a tensor of one. */
function single(context: HostContext, index: number, name: string): number {
  const { data } = required(context, index);
  if (data.length === 1) return data[0]!;
  wrong(name, '1 element', String(data.length), { as: FormatError });
}

const oneHot: Compute = (context) => {
  const [indices, values] = [required(context, 0), required(context, 2)];
  const depth = Math.trunc(single(context, 1, 'depth'));
  if (!(depth >= 0)) wrong('depth', 'at least 0', String(depth), { as: FormatError });
  if (values.data.length !== 2) wrong('values', '2 elements', String(values.data.length), { as: FormatError });
  const axis = axisOf(context.attributes.int('axis', -1), indices.shape.length + 1);
  const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
  const data = allocate(values.dtype, size(shape)).fill(values.data[0]!);
  const inner = size(indices.shape.slice(axis));
  indices.data.forEach((given, i) => {
    const index = Math.trunc(given);
    const hot = fromEnd(index, depth);
    // An index out of range is off everywhere.
    if (hot >= 0 && hot < depth) data[(Math.floor(i / inner) * depth + hot) * inner + (i % inner)] = values.data[1]!;
  });
  return [{ dtype: values.dtype, shape, data }];
};

const compress: Compute = (context) => {
  const [given, condition] = [required(context, 0), required(context, 1)];
  const flat = !context.attributes.has('axis');
  const x = flat ? { ...given, shape: [given.data.length] } : given;
  const axis = flat ? 0 : axisOf(context.attributes.int('axis'), x.shape.length);
  const kept: number[] = [];
  // The condition may be shorter than the axis.
  condition.data.subarray(0, x.shape[axis]).forEach((keep, i) => keep !== 0 && kept.push(i));
  return [taken(x, axis, kept, [kept.length])];
};

const reverseSequence: Compute = (context) => {
  const [x, lengths] = [required(context, 0), required(context, 1)];
  const batchAxis = axisOf(context.attributes.int('batch_axis', 1), x.shape.length);
  const timeAxis = axisOf(context.attributes.int('time_axis', 0), x.shape.length);
  if (batchAxis === timeAxis) wrong('time_axis', 'another axis than batch_axis', String(timeAxis), { as: FormatError });
  const [batch, steps] = [x.shape[batchAxis]!, x.shape[timeAxis]!];
  if (lengths.data.length !== batch) wrong('sequence_lens', `${batch} lengths, one for each of the batch`, String(lengths.data.length), { as: ShapeError });
  const odd = lengths.data.find((length) => !(Number.isInteger(length) && length >= 0 && length <= steps));
  if (odd !== undefined) wrong('sequence_lens', `whole lengths from 0 to ${steps}`, String(odd), { as: ShapeError });
  const strides = stridesOf(x.shape);
  const [perTime, perBatch] = [strides[timeAxis]!, strides[batchAxis]!];
  const data = allocate(x.dtype, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const time = Math.floor(i / perTime) % steps;
    const length = lengths.data[Math.floor(i / perBatch) % batch]!;
    data[i] = x.data[time < length ? i + (length - 1 - 2 * time) * perTime : i]!;
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
