import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { combine } from '../elementwise/elementwise.js';
import { permuted } from '../shape/layout.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext } from '../lib/op.js';
import { averagePool } from '../pool/pool.js';
import { quantised } from './quantize.js';
import { axisOf } from '../../form/axis.js';
import { concatenate } from '../shape/slice.js';
import { rangeOf } from '../lib/types.js';

/** An input that is one number, such as the scale of a whole tensor; `otherwise` where it may be left out. */
export function single(context: HostContext, index: number, otherwise?: number): number {
  const input = context.inputs[index];
  if (!input && otherwise !== undefined) return otherwise;
  const { data, shape } = required(context, index);
  if (data.length === 1) return data[0]!;
  wrong(`input ${index}`, 'one number', showShape(shape), { as: ShapeError });
}

/** Numbers behind a quantised tensor: inputs `first` (values), `first + 1` (scale) and `first + 2` (zero point). */
function real(context: HostContext, first: number): HostTensor {
  const x = required(context, first);
  const [scale, zero] = [single(context, first + 1), single(context, first + 2, 0)];
  return { dtype: 'float64', shape: x.shape, data: Float64Array.from(x.data, (value) => Math.fround((value - zero) * scale)) };
}

/**
 * A real tensor in the quantised form that inputs `at` (scale) and `at + 1` (zero point) say.
 * @param late - whether halves are rounded to even with the zero point in the sum, as ONNX Runtime does in some of these
 */
function quantise(context: HostContext, x: HostTensor, at: number, late = false): HostTensor {
  const [scale, zero] = [single(context, at), single(context, at + 1, 0)];
  const dtype = context.inputs[at + 1]?.dtype ?? required(context, 0).dtype;
  const [least, most] = rangeOf(dtype);
  const data = allocate(dtype, x.data.length);
  const [before, after] = late ? [zero, 0] : [0, zero];
  for (let i = 0; i < data.length; i++) data[i] = quantised(Math.fround(Math.fround(x.data[i]! / scale) + before), after, least, most);
  return { dtype, shape: x.shape, data };
}

function binary(f: (x: number, y: number) => number): Compute {
  return (context) => [quantise(context, combine(real(context, 0), real(context, 3), 'float64', f), 6, true)];
}

function unary(f: (x: number, context: HostContext) => number): Compute {
  return (context) => {
    const x = real(context, 0);
    return [quantise(context, { ...x, data: Float64Array.from(x.data, (value) => f(value, context)) }, 3)];
  };
}

export const addition = binary((x, y) => x + y);
export const multiplication = binary((x, y) => x * y);
export const leakyRelu = unary((x, { attributes }) => (x < 0 ? attributes.float('alpha', 0.01) * x : x));
export const sigmoid = unary((x) => 1 / (1 + Math.exp(-x)));

export const globalAveragePool: Compute = (context) => {
  const x = real(context, 0);
  const last = context.attributes.int('channels_last', 0) !== 0;
  const [n = 0, c = 0] = last ? [x.shape[0], x.shape.at(-1)] : x.shape;
  const spatial = last ? x.shape.slice(1, -1) : x.shape.slice(2);
  const pixels = size(spatial);
  const data = new Float64Array(n * c);
  for (let i = 0; i < x.data.length; i++) {
    const map = last ? Math.floor(i / (pixels * c)) * c + (i % c) : Math.floor(i / pixels);
    data[map]! += x.data[i]! / pixels;
  }
  const ones = spatial.map(() => 1);
  return [quantise(context, { dtype: 'float64', shape: last ? [n, ...ones, c] : [n, c, ...ones], data }, 3)];
};

/** With `channels_last` the channels come behind height and width. */
export const quantisedAveragePool: Compute = (context) => {
  const x = real(context, 0);
  const axes = x.shape.map((_, axis) => axis);
  const last = context.attributes.int('channels_last', 0) !== 0;
  const [n = 0, ...others] = axes;
  const input = last ? permuted(x, [n, ...others.slice(-1), ...others.slice(0, -1)]) : x;
  const [y] = averagePool({ ...context, inputs: [input] }) as readonly [HostTensor];
  return [quantise(context, last ? permuted(y, [n, ...others.slice(1), ...others.slice(0, 1)]) : y, 3, true)];
};

/** Scale and zero point of the result come first, then three inputs for each part. */
export const quantisedConcat: Compute = (context) => {
  const count = Math.floor((context.inputs.length - 2) / 3);
  if (count < 1) wrong('inputs', 'something to concatenate', `${context.inputs.length} inputs`, { as: FormatError });
  required(context, 1);
  const parts = Array.from({ length: count }, (_, i) => real(context, 2 + 3 * i));
  const axis = axisOf(context.attributes.int('axis'), parts[0]?.shape.length ?? 0);
  return [quantise(context, concatenate(parts, axis), 0)];
};
