import { fromEnd, broadcast, broadcastStrides, stridesOf } from '../../../tensor/shape.js';
import { FormatError, ShapeError, UnsupportedError } from '../../../base/errors.js';
import { showShape } from '../../../base/show.js';
import { allocate, dtypeOf, fill, hostTensor, reshaped, scalar, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { checkedShape, distinctAxes, integersOf, requiredIntegers, shapeInput } from '../lib/lists.js';
import { walk } from '../lib/walk.js';
import { axisOf } from '../../form/axis.js';
import { rounded } from '../lib/types.js';

const constant: Compute = ({ attributes }) => {
  if (attributes.has('value')) return [attributes.tensor('value').tensor()];
  if (attributes.has('value_float')) return [scalar('float32', attributes.float('value_float'))];
  if (attributes.has('value_int')) return [scalar('int64', attributes.int('value_int'))];
  if (attributes.has('value_floats')) return [list('float32', attributes.floats('value_floats'))];
  if (attributes.has('value_ints')) return [list('int64', attributes.ints('value_ints'))];
  const other = ['sparse_value', 'value_string', 'value_strings'].find((name) => attributes.has(name));
  if (other === undefined) throw new FormatError('a constant has no value', { place: 'value' });
  throw new UnsupportedError(`${other}: constants that are sparse or made of strings are not supported`, { place: other });
};

function list(dtype: 'float32' | 'int64', values: readonly number[]): HostTensor {
  return hostTensor(dtype, [values.length], values);
}

const shape: Compute = (context) => {
  const dims = required(context, 0).shape;
  const clamp = (at: number): number => Math.max(0, Math.min(dims.length, fromEnd(at, dims.length)));
  const { attributes } = context;
  return [list('int64', dims.slice(clamp(attributes.int('start', 0)), clamp(attributes.int('end', dims.length))))];
};

const reshape: Compute = (context) => {
  const x = required(context, 0);
  const wanted = requiredIntegers(context, 'shape', 1);
  const zeroIsZero = context.attributes.int('allowzero', 0) !== 0;
  const dims = wanted.map((dim, axis) => {
    if (dim !== 0 || zeroIsZero) return dim;
    const own = x.shape[axis];
    if (own !== undefined) return own;
    throw new ShapeError(`shape ${showShape(wanted)}: a 0 copies axis ${axis} of ${showShape(x.shape)}`, { place: 'shape' });
  });
  const open = dims.indexOf(-1);
  if (open >= 0) dims[open] = remaining(x, dims, open);
  return [reshaped(x, checkedShape(dims))];
};

/** The size that a -1 stands for: what the other dimensions leave. */
function remaining(x: HostTensor, dims: readonly number[], open: number): number {
  const others = dims.filter((_, axis) => axis !== open);
  if (others.includes(-1)) throw new FormatError(`shape ${showShape(dims)} has more than one -1`, { place: 'shape' });
  const rest = x.data.length / size(checkedShape(others));
  if (Number.isInteger(rest)) return rest;
  throw new ShapeError(`shape ${showShape(dims)}: no size in place of the -1 makes it ${x.data.length} elements`, { place: 'shape' });
}

const flatten: Compute = (context) => {
  const x = required(context, 0);
  const axis = context.attributes.int('axis', 1);
  const at = fromEnd(axis, x.shape.length);
  if (at < 0 || at > x.shape.length) throw new FormatError(`axis ${axis} of ${x.shape.length} dimensions`, { place: 'axis' });
  return [reshaped(x, [size(x.shape.slice(0, at)), size(x.shape.slice(at))])];
};

const squeeze: Compute = (context) => {
  const x = required(context, 0);
  const given = integersOf(context, 'axes', 1);
  // An attribute cannot be there and empty: it stands for none, which means all of size 1.
  const none = given?.length === 0 && context.attributes.has('axes');
  const axes = none ? undefined : given?.map((axis) => axisOf(axis, x.shape.length));
  const wrong = axes?.find((axis) => x.shape[axis] !== 1);
  if (wrong !== undefined) throw new ShapeError(`axis ${wrong} has the size ${x.shape[wrong]}, expected 1`, { place: 'axes' });
  const removed = new Set(axes);
  return [reshaped(x, x.shape.filter((dim, axis) => (axes ? !removed.has(axis) : dim !== 1)))];
};

const unsqueeze: Compute = (context) => {
  const x = required(context, 0);
  const axes = requiredIntegers(context, 'axes', 1);
  const rank = x.shape.length + axes.length;
  const shape = new Array<number>(rank).fill(0);
  for (const axis of distinctAxes(axes, rank)) shape[axis] = -1;
  let next = 0;
  return [reshaped(x, checkedShape(shape.map((mark) => (mark === -1 ? 1 : x.shape[next++]!))))];
};

/** Before opset 7 dropout was in training unless told otherwise, from opset 12 on it is if told so, between never. */
function training({ attributes, inputs, opset }: HostContext): boolean {
  if (opset < 7) return attributes.int('is_test', 0) === 0;
  return (inputs[2]?.data[0] ?? 0) !== 0;
}

const dropout: Compute = (context) => {
  const x = required(context, 0);
  const ratio = context.inputs[1]?.data[0] ?? context.attributes.float('ratio', 0.5);
  if (training(context) && ratio !== 0) {
    throw new UnsupportedError('dropout in training is random; only inference is supported', { got: `ratio ${ratio}` });
  }
  if (context.outputCount < 2) return [x];
  // Before opset 10 the mask had the type of the input.
  return [x, fill(context.opset < 10 ? x.dtype : 'bool', x.shape, () => 1)];
};

/** The tensor stretched to a shape that it broadcasts to. */
export function expanded(x: HostTensor, shape: readonly number[]): HostTensor {
  const data = allocate(x.dtype, size(shape));
  walk(shape, [broadcastStrides(x.shape, shape)], (i, [at]) => (data[i] = x.data[at!]!));
  return { dtype: x.dtype, shape, data };
}

const expand: Compute = (context) => {
  const x = required(context, 0);
  return [expanded(x, broadcast(x.shape, shapeInput(context, 1)))];
};

const tile: Compute = (context) => {
  const x = required(context, 0);
  const repeats = tileRepeats(context, x);
  const shape = x.shape.map((dim, axis) => dim * repeats[axis]!);
  const data = allocate(x.dtype, size(shape));
  // Each axis as two: the repeat, which does not move in x, and the index.
  const split = x.shape.flatMap((dim, axis) => [repeats[axis]!, dim]);
  const strides = stridesOf(x.shape).flatMap((stride) => [0, stride]);
  if (data.length > 0) walk(split, [strides], (i, [at]) => (data[i] = x.data[at!]!));
  return [{ dtype: x.dtype, shape, data }];
};

function tileRepeats(context: HostContext, x: HostTensor): readonly number[] {
  const given = requiredIntegers(context, 'repeats', 1);
  const rank = x.shape.length;
  // Opset 1: how often, and along which axis.
  const repeats = context.opset < 6 ? alongOne(given[0] ?? 1, required(context, 2).data[0] ?? 0, rank) : given;
  if (repeats.length === rank && repeats.every((repeat) => repeat >= 0)) return repeats;
  throw new ShapeError(`repeats [${repeats.join(', ')}] of ${rank} dimensions`, { place: 'repeats', got: repeats.join(', ') });
}

function alongOne(repeat: number, axis: number, rank: number): readonly number[] {
  const repeats = new Array<number>(rank).fill(1);
  repeats[axisOf(axis, rank)] = repeat;
  return repeats;
}

const constantOfShape: Compute = (context) => {
  const shape = shapeInput(context, 0);
  const value = context.attributes.has('value') ? context.attributes.tensor('value').tensor() : scalar('float32', 0);
  if (value.data.length !== 1) throw new FormatError(`value has ${value.data.length} elements, expected 1`, { place: 'value' });
  const data = allocate(value.dtype, size(shape));
  data.fill(value.data[0]!);
  return [{ dtype: value.dtype, shape, data }];
};

const range: Compute = (context) => {
  const number = (index: number, name: string): number => {
    const value = required(context, index).data[0];
    if (value !== undefined && Number.isFinite(value)) return value;
    throw new FormatError(`${name} is ${value === undefined ? 'empty' : String(value)}`, { place: name });
  };
  const [start, limit, delta] = [number(0, 'start'), number(1, 'limit'), number(2, 'delta')];
  if (delta === 0) throw new FormatError('delta is 0', { place: 'delta' });
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return [rounded(fill(required(context, 0).dtype, checkedShape([count]), (i) => start + i * delta))];
};

const eyeLike: Compute = (context) => {
  const x = required(context, 0);
  const [rows = 0, columns = 0] = x.shape;
  if (x.shape.length !== 2) throw new ShapeError(`expected a matrix, got ${x.shape.length} dimensions`);
  const dtype = context.attributes.has('dtype') ? dtypeOf(context.attributes.int('dtype'), 'dtype') : x.dtype;
  const k = context.attributes.int('k', 0);
  const data = allocate(dtype, size(x.shape));
  for (let row = Math.max(0, -k); row < Math.min(rows, columns - k); row++) data[row * columns + row + k] = 1;
  return [{ dtype, shape: x.shape, data }];
};

const centerCropPad: Compute = (context) => {
  const x = required(context, 0);
  const rank = x.shape.length;
  const wanted = shapeInput(context, 1);
  const axes = distinctAxes(context.attributes.ints('axes', x.shape.map((_, axis) => axis)), rank);
  if (wanted.length !== axes.length) throw new ShapeError(`shape ${showShape(wanted)} for ${axes.length} axes`, { place: 'shape' });
  const shape = [...x.shape];
  axes.forEach((axis, i) => (shape[axis] = wanted[i]!));
  const data = allocate(x.dtype, size(shape));
  // Half of what is cut off or added comes before; what is left over goes behind.
  const before = shape.map((dim, axis) => Math.floor(Math.abs(x.shape[axis]! - dim) / 2));
  const offset = (strides: readonly number[], takes: (axis: number) => boolean): number =>
    strides.reduce((sum, stride, axis) => (takes(axis) ? sum + stride * before[axis]! : sum), 0);
  const [own, other] = [stridesOf(x.shape), stridesOf(shape)];
  const from = offset(own, (axis) => x.shape[axis]! > shape[axis]!);
  const to = offset(other, (axis) => x.shape[axis]! < shape[axis]!);
  const common = shape.map((dim, axis) => Math.min(dim, x.shape[axis]!));
  walk(common, [own, other], (_, [p, q]) => (data[to + q!] = x.data[from + p!]!));
  return [{ dtype: x.dtype, shape, data }];
};

/** What lies on one side of a diagonal of each matrix, which is among it; zeros on the other side. Diagonal k starts at column k. */
const trilu: Compute = (context) => {
  const x = required(context, 0);
  const [rows, columns] = [x.shape.at(-2), x.shape.at(-1)];
  if (rows === undefined || columns === undefined) throw new ShapeError(`input is ${showShape(x.shape)}, expected [..., rows, columns]`, { place: 'input', got: showShape(x.shape) });
  const k = context.inputs[1]?.data[0] ?? 0;
  const side = context.attributes.int('upper', 1) !== 0 ? 1 : -1;
  const keeps = (i: number): boolean => side * ((i % columns) - (Math.floor(i / columns) % rows) - k) >= 0;
  return [fill(x.dtype, x.shape, (i) => (keeps(i) ? x.data[i]! : 0))];
};

export const shapeOps: HostOps = {
  CenterCropPad: centerCropPad,
  Constant: constant,
  ConstantOfShape: { compute: constantOfShape, fills: true },
  Dropout: dropout,
  Expand: expand,
  EyeLike: { compute: eyeLike, formOnly: [0] },
  Flatten: flatten,
  Identity: (context) => [required(context, 0)],
  Range: range,
  Reshape: reshape,
  Shape: { compute: shape, formOnly: [0] },
  Size: { compute: (context) => [scalar('int64', size(required(context, 0).shape))], formOnly: [0] },
  Squeeze: squeeze,
  Tile: tile,
  Trilu: trilu,
  Unsqueeze: unsqueeze,
};
