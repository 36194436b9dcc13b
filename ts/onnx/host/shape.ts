import { FormatError, ShapeError, UnsupportedError } from '../../errors.js';
import { allocate, fill, hostTensor, reshaped, scalar, size } from '../tensors.js';
import type { HostTensor } from '../types.js';
import { listOf, numbersOf, required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { axisOf, broadcastShapes, broadcastStrides, walk } from './shapes.js';
import { dtypeOf } from '../tensors.js';

const constant: HostOp = ({ attributes }) => {
  if (attributes.has('value')) return [attributes.tensor('value').tensor()];
  if (attributes.has('value_float')) return [scalar('float32', attributes.float('value_float'))];
  if (attributes.has('value_int')) return [scalar('int64', attributes.int('value_int'))];
  if (attributes.has('value_floats')) return [list('float32', attributes.floats('value_floats'))];
  if (attributes.has('value_ints')) return [list('int64', attributes.ints('value_ints'))];
  throw new UnsupportedError('a constant that is sparse or made of strings is not supported');
};

function list(dtype: 'float32' | 'int64', values: readonly number[]): HostTensor {
  return hostTensor(dtype, [values.length], values);
}

const shape: HostOp = (context) => {
  const dims = required(context, 0).shape;
  const clamp = (at: number): number => Math.max(0, Math.min(dims.length, at < 0 ? at + dims.length : at));
  const { attributes } = context;
  return [list('int64', dims.slice(clamp(attributes.int('start', 0)), clamp(attributes.int('end', dims.length))))];
};

const reshape: HostOp = (context) => {
  const x = required(context, 0);
  const wanted = listOf(context, 'shape', 1) ?? [];
  const zeroIsZero = context.attributes.int('allowzero', 0) !== 0;
  const dims = wanted.map((dim, axis) => {
    if (dim !== 0 || zeroIsZero) return dim;
    const own = x.shape[axis];
    if (own !== undefined) return own;
    throw new ShapeError(`shape [${wanted.join(', ')}]: a 0 copies axis ${axis}, but there are ${x.shape.length} dimensions`);
  });
  if (dims.filter((dim) => dim === -1).length > 1) throw new FormatError(`shape [${wanted.join(', ')}] has more than one -1`);
  const known = dims.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  return [reshaped(x, dims.map((dim) => (dim === -1 ? x.data.length / known : dim)))];
};

const flatten: HostOp = (context) => {
  const x = required(context, 0);
  const axis = context.attributes.int('axis', 1);
  const at = axis < 0 ? axis + x.shape.length : axis;
  if (at < 0 || at > x.shape.length) throw new FormatError(`axis ${axis} of ${x.shape.length} dimensions`, { place: 'axis' });
  return [reshaped(x, [size(x.shape.slice(0, at)), size(x.shape.slice(at))])];
};

const squeeze: HostOp = (context) => {
  const x = required(context, 0);
  const axes = listOf(context, 'axes', 1)?.map((axis) => axisOf(axis, x.shape.length));
  const wrong = axes?.find((axis) => x.shape[axis] !== 1);
  if (wrong !== undefined) throw new ShapeError(`axis ${wrong} has the size ${x.shape[wrong]}, expected 1`, { place: 'axes' });
  return [reshaped(x, x.shape.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1)))];
};

const unsqueeze: HostOp = (context) => {
  const x = required(context, 0);
  const axes = listOf(context, 'axes', 1) ?? [];
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => axisOf(axis, rank)));
  if (added.size !== axes.length) throw new FormatError(`axes [${axes.join(', ')}] name an axis twice`, { place: 'axes' });
  const rest = [...x.shape];
  return [reshaped(x, Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1))))];
};

const dropout: HostOp = (context) => {
  const x = required(context, 0);
  const training = context.opset < 7 ? context.attributes.int('is_test', 0) === 0 && context.opset < 1 : (context.inputs[2]?.data[0] ?? 0) !== 0;
  const ratio = context.inputs[1]?.data[0] ?? context.attributes.float('ratio', 0.5);
  if (training && ratio !== 0) throw new UnsupportedError('dropout in training is random; only inference is supported');
  // Before opset 10 the mask had the type of the input.
  const mask = fill(context.opset < 10 ? x.dtype : 'bool', x.shape, () => 1);
  return [x, mask];
};

/** The tensor stretched to a shape that it broadcasts to. */
export function expanded(x: HostTensor, shape: readonly number[]): HostTensor {
  const data = allocate(x.dtype, size(shape));
  walk(shape, [broadcastStrides(x.shape, shape)], (i, [at]) => (data[i] = x.data[at!]!));
  return { dtype: x.dtype, shape, data };
}

const expand: HostOp = (context) => {
  const x = required(context, 0);
  return [expanded(x, broadcastShapes(x.shape, numbersOf(context, 1) ?? []))];
};

const tile: HostOp = (context) => {
  const x = required(context, 0);
  const repeats = tileRepeats(context, x);
  const shape = x.shape.map((dim, axis) => dim * (repeats[axis] ?? 1));
  const data = allocate(x.dtype, size(shape));
  const own = x.shape.reduceRight<number[]>((strides, _, axis) => [axis === x.shape.length - 1 ? 1 : strides[0]! * x.shape[axis + 1]!, ...strides], []);
  // Each axis as two: the repeat, which does not move in x, and the index.
  const split = x.shape.flatMap((dim, axis) => [repeats[axis] ?? 1, dim]);
  const strides = own.flatMap((stride) => [0, stride]);
  walk(split, [strides], (i, [at]) => (data[i] = x.data[at!]!));
  return [{ dtype: x.dtype, shape, data }];
};

function tileRepeats(context: HostContext, x: HostTensor): number[] {
  const given = numbersOf(context, 1) ?? [];
  const repeats = x.shape.map(() => 1);
  // Opset 1: how often, and along which axis.
  if (context.opset < 6) repeats[axisOf(numbersOf(context, 2)?.[0] ?? 0, x.shape.length)] = given[0] ?? 1;
  else given.forEach((repeat, axis) => (repeats[axis] = repeat));
  const wrong = repeats.find((repeat) => !(repeat >= 0));
  if (wrong !== undefined || repeats.length !== x.shape.length) throw new ShapeError(`repeats [${repeats.join(', ')}] of ${x.shape.length} dimensions`, { place: 'repeats' });
  return repeats;
}

const constantOfShape: HostOp = (context) => {
  const shape = numbersOf(context, 0) ?? [];
  const value = context.attributes.has('value') ? context.attributes.tensor('value').tensor() : scalar('float32', 0);
  const data = allocate(value.dtype, size(shape));
  data.fill(value.data[0] ?? 0);
  return [{ dtype: value.dtype, shape, data }];
};

const range: HostOp = (context) => {
  const [start, limit, delta] = [required(context, 0), required(context, 1), required(context, 2)].map(({ data }) => data[0] ?? 0) as [number, number, number];
  if (delta === 0) throw new FormatError('delta is 0', { place: 'delta' });
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return [fill(required(context, 0).dtype, [count], (i) => start + i * delta)];
};

const eyeLike: HostOp = (context) => {
  const x = required(context, 0);
  const [rows = 0, columns = 0] = x.shape;
  if (x.shape.length !== 2) throw new ShapeError(`expected a matrix, got ${x.shape.length} dimensions`);
  const dtype = context.attributes.has('dtype') ? dtypeOf(context.attributes.int('dtype'), 'dtype') : x.dtype;
  const k = context.attributes.int('k', 0);
  return [fill(dtype, [rows, columns], (i) => (Math.floor(i / columns) + k === i % columns ? 1 : 0))];
};

const centerCropPad: HostOp = (context) => {
  const x = required(context, 0);
  const wanted = numbersOf(context, 1) ?? [];
  const axes = context.attributes.ints('axes', x.shape.map((_, axis) => axis)).map((axis) => axisOf(axis, x.shape.length));
  const shape = [...x.shape];
  axes.forEach((axis, i) => (shape[axis] = wanted[i] ?? shape[axis]!));
  // What is left over goes behind.
  const shift = shape.map((dim, axis) => Math.floor((x.shape[axis]! - dim) / 2) + (dim > x.shape[axis]! && (dim - x.shape[axis]!) % 2 === 1 ? 1 : 0));
  const data = allocate(x.dtype, size(shape));
  const at = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    let [from, rest] = [0, i];
    let inside = true;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = (rest % shape[axis]!) + shift[axis]!;
      rest = Math.floor(rest / shape[axis]!);
      inside &&= at[axis]! >= 0 && at[axis]! < x.shape[axis]!;
    }
    for (let axis = 0; axis < shape.length; axis++) from = from * x.shape[axis]! + at[axis]!;
    data[i] = inside ? x.data[from]! : 0;
  }
  return [{ dtype: x.dtype, shape, data }];
};

export const shapeOps: HostOps = {
  CenterCropPad: centerCropPad,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Dropout: dropout,
  Expand: expand,
  EyeLike: eyeLike,
  Flatten: flatten,
  Identity: (context) => [required(context, 0)],
  Range: range,
  Reshape: reshape,
  Shape: shape,
  Size: (context) => [scalar('int64', size(required(context, 0).shape))],
  Squeeze: squeeze,
  Tile: tile,
  Unsqueeze: unsqueeze,
};
