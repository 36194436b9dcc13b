import { fromEnd, broadcast, broadcastStrides, stridesOf } from '../../../tensor/shape.js';
import { FormatError, ShapeError, UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, dtypeOf, fill, hostTensor, reshaped, scalar, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { checkedShape, distinctAxes, integersOf, requiredIntegers, shapeInput } from '../lib/lists.js';
import { copyNumbers } from '../lib/copy.js';
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
  if (other === undefined) wrong('value', 'a constant with a value', 'none', { as: FormatError });
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
    wrong('shape', `a size to copy for the 0 of axis ${axis} from ${showShape(x.shape)}`, showShape(wanted), { as: ShapeError });
  });
  const open = dims.indexOf(-1);
  if (open >= 0) dims[open] = remaining(x, dims, open);
  return [reshaped(x, checkedShape(dims))];
};

/** The size that a -1 stands for: what the other dimensions leave. */
function remaining(x: HostTensor, dims: readonly number[], open: number): number {
  const others = dims.filter((_, axis) => axis !== open);
  if (others.includes(-1)) wrong('shape', 'at most one -1', showShape(dims), { as: FormatError });
  const rest = x.data.length / size(checkedShape(others));
  if (Number.isInteger(rest)) return rest;
  wrong('shape', `a shape of ${x.data.length} elements`, showShape(dims), { as: ShapeError });
}

const flatten: Compute = (context) => {
  const x = required(context, 0);
  const axis = context.attributes.int('axis', 1);
  const at = fromEnd(axis, x.shape.length);
  if (at < 0 || at > x.shape.length) wrong('axis', `an axis of ${x.shape.length} dimensions`, String(axis), { as: FormatError });
  return [reshaped(x, [size(x.shape.slice(0, at)), size(x.shape.slice(at))])];
};

const squeeze: Compute = (context) => {
  const x = required(context, 0);
  const given = integersOf(context, 'axes', 1);
  // An attribute cannot be there and empty: it stands for none, which means all of size 1.
  const none = given?.length === 0 && context.attributes.has('axes');
  const axes = none ? undefined : given?.map((axis) => axisOf(axis, x.shape.length));
  const odd = axes?.find((axis) => x.shape[axis] !== 1);
  if (odd !== undefined) wrong('axes', `axis ${odd} of size 1`, String(x.shape[odd]), { as: ShapeError });
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
    wrong(undefined, 'inference, since dropout in training is random', `ratio ${ratio}`, { as: UnsupportedError });
  }
  if (context.outputCount < 2) return [x];
  // Before opset 10 the mask had the type of the input.
  return [x, fill(context.opset < 10 ? x.dtype : 'bool', x.shape, () => 1)];
};

/** The tensor stretched to a shape that it broadcasts to. */
export function expanded(x: HostTensor, shape: readonly number[]): HostTensor {
  const data = allocate(x.dtype, size(shape));
  const strides = broadcastStrides(x.shape, shape);
  // The last dimensions are one stretch: of one element, or of all of x's in their order.
  const repeats = strides[shape.findLastIndex((dim) => dim !== 1)] === 0;
  let [outer, run] = [shape.length, 1];
  while (outer > 0 && (shape[outer - 1] === 1 || strides[outer - 1] === (repeats ? 0 : run))) run *= shape[--outer]!;
  walk(shape.slice(0, outer), [strides.slice(0, outer)], (i, [at]) => {
    if (repeats) data.fill(x.data[at!]!, i * run, (i + 1) * run);
    else copyNumbers(x.data, at!, data, i * run, run);
  });
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
  wrong('repeats', `${rank} numbers from 0 on`, repeats.join(', '), { as: ShapeError });
}

function alongOne(repeat: number, axis: number, rank: number): readonly number[] {
  const repeats = new Array<number>(rank).fill(1);
  repeats[axisOf(axis, rank)] = repeat;
  return repeats;
}

const constantOfShape: Compute = (context) => {
  const shape = shapeInput(context, 0);
  const value = context.attributes.has('value') ? context.attributes.tensor('value').tensor() : scalar('float32', 0);
  if (value.data.length !== 1) wrong('value', '1 element', String(value.data.length), { as: FormatError });
  const data = allocate(value.dtype, size(shape));
  data.fill(value.data[0]!);
  return [{ dtype: value.dtype, shape, data }];
};

const range: Compute = (context) => {
  const number = (index: number, name: string): number => {
    const value = required(context, index).data[0];
    if (value !== undefined && Number.isFinite(value)) return value;
    wrong(name, 'a finite number', value === undefined ? 'none' : String(value), { as: FormatError });
  };
  const [start, limit, delta] = [number(0, 'start'), number(1, 'limit'), number(2, 'delta')];
  if (delta === 0) wrong('delta', 'another step than 0', String(0), { as: FormatError });
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return [rounded(fill(required(context, 0).dtype, checkedShape([count]), (i) => start + i * delta))];
};

const eyeLike: Compute = (context) => {
  const x = required(context, 0);
  const [rows = 0, columns = 0] = x.shape;
  if (x.shape.length !== 2) wrong(undefined, 'a matrix', `${x.shape.length} dimensions`, { as: ShapeError });
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
  if (wanted.length !== axes.length) wrong('shape', `${axes.length} dimensions, one for each axis`, showShape(wanted), { as: ShapeError });
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
  if (rows === undefined || columns === undefined) wrong('input', '[..., rows, columns]', showShape(x.shape), { as: ShapeError });
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
