import { allocate, size } from '../tensors.js';
import type { HostTensor, OnnxDtype } from '../types.js';
import { convolve } from './conv.js';
import { combine } from './elementwise.js';
import { matmul } from './matmul.js';
import { required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { permuted } from './layout.js';
import { quantised } from './quantize.js';
import { concatenate } from './slice.js';
import { axisOf } from './shapes.js';
import { rangeOf } from './types.js';

/** x - zero point as integers; the point is one number, or one for each index of an axis. */
function centred(x: HostTensor, zero: HostTensor | undefined, axis = 0): HostTensor {
  if (!zero) return { ...x, dtype: 'int32', data: Int32Array.from(x.data) };
  const shape = zero.data.length === 1 ? [] : x.shape.map((_, i) => (i === axis ? zero.data.length : 1));
  return combine({ ...x, dtype: 'int32' }, { ...zero, shape }, 'int32', (value, by) => value - by);
}

/** Real numbers, given as integers and the factor of each, in quantised form. */
function requantised(sums: HostTensor, factor: (i: number) => number, zero: number, dtype: OnnxDtype): HostTensor {
  const [least, most] = rangeOf(dtype);
  const data = allocate(dtype, sums.data.length);
  for (let i = 0; i < data.length; i++) data[i] = quantised(sums.data[i]! * factor(i), zero, least, most);
  return { dtype, shape: sums.shape, data };
}

const qLinearConv: HostOp = (context) => {
  const [x, xScale, xZero, w, wScale, wZero, yScale, yZero] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => required(context, i)) as HostTensor[] as [HostTensor, HostTensor, HostTensor, HostTensor, HostTensor, HostTensor, HostTensor, HostTensor];
  const sums = convolve(context, centred(x, xZero), centred(w, wZero, 0), context.inputs[8], 'int32');
  const pixels = size(sums.shape.slice(2));
  const oc = sums.shape[1] ?? 1;
  const scale = (o: number): number => Math.fround(Math.fround(xScale.data[0]! * wScale.data[wScale.data.length === 1 ? 0 : o]!) / yScale.data[0]!);
  return [requantised(sums, (i) => scale(Math.floor(i / pixels) % oc), yZero.data[0]!, yZero.dtype)];
};

const qLinearMatMul: HostOp = (context) => {
  const [a, aScale, aZero, b, bScale, bZero, yScale, yZero] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => required(context, i)) as HostTensor[] as [HostTensor, HostTensor, HostTensor, HostTensor, HostTensor, HostTensor, HostTensor, HostTensor];
  const sums = matmul(centred(a, aZero, a.shape.length - 2), centred(b, bZero, b.shape.length - 1), 'int32');
  const columns = sums.shape.at(-1) ?? 1;
  const factor = (i: number): number => (aScale.data[0]! * bScale.data[bScale.data.length === 1 ? 0 : i % columns]!) / yScale.data[0]!;
  return [requantised(sums, factor, yZero.data[0]!, yZero.dtype)];
};

/** A Gemm of quantised numbers; without a scale of the result it is a float. */
const qGemm: HostOp = (context) => {
  const { attributes } = context;
  const [a, aScale, aZero, b, bScale, bZero] = [0, 1, 2, 3, 4, 5].map((i) => required(context, i)) as HostTensor[] as [HostTensor, HostTensor, HostTensor, HostTensor, HostTensor, HostTensor];
  const turned = (x: HostTensor, name: string): HostTensor => (attributes.int(name, 0) === 0 ? x : permuted(x, [1, 0]));
  const transB = attributes.int('transB', 0) !== 0;
  const product = matmul(turned(centred(a, aZero), 'transA'), turned(centred(b, bZero, transB ? 0 : 1), 'transB'), 'int32');
  const c = context.inputs[6];
  const sums = c ? combine(product, c, 'int32', (x, y) => x + y) : product;
  const columns = sums.shape.at(-1) ?? 1;
  const scale = (i: number): number => attributes.float('alpha', 1) * aScale.data[0]! * bScale.data[bScale.data.length === 1 ? 0 : i % columns]!;
  const [yScale, yZero] = [context.inputs[7], context.inputs[8]];
  if (!yScale) {
    const data = allocate('float32', sums.data.length);
    for (let i = 0; i < data.length; i++) data[i] = sums.data[i]! * scale(i);
    return [{ dtype: 'float32', shape: sums.shape, data }];
  }
  return [requantised(sums, (i) => scale(i) / yScale.data[0]!, yZero?.data[0] ?? 0, yZero?.dtype ?? a.dtype)];
};

/** Numbers behind a quantised tensor: inputs `first` (values), `first + 1` (scale) and `first + 2` (zero point). */
function real(context: HostContext, first: number): HostTensor {
  const x = required(context, first);
  const [scale, zero] = [required(context, first + 1).data[0]!, context.inputs[first + 2]?.data[0] ?? 0];
  return { dtype: 'float64', shape: x.shape, data: Float64Array.from(x.data, (value) => (value - zero) * scale) };
}

/** A real tensor in the quantised form that inputs `at` (scale) and `at + 1` (zero point) say. */
function quantise(context: HostContext, x: HostTensor, at: number): HostTensor {
  const [scale, zero] = [required(context, at).data[0]!, context.inputs[at + 1]];
  return requantised(x, () => 1 / scale, zero?.data[0] ?? 0, zero?.dtype ?? required(context, 0).dtype);
}

function binary(f: (x: number, y: number) => number): HostOp {
  return (context) => [quantise(context, combine(real(context, 0), real(context, 3), 'float64', f), 6)];
}

function unary(f: (x: number, context: HostContext) => number): HostOp {
  return (context) => {
    const x = real(context, 0);
    return [quantise(context, { ...x, data: Float64Array.from(x.data, (value) => f(value, context)) }, 3)];
  };
}

const globalAveragePool: HostOp = (context) => {
  const x = real(context, 0);
  const last = context.attributes.int('channels_last', 0) !== 0;
  const [n = 0, c = 0] = last ? [x.shape[0], x.shape.at(-1)] : x.shape;
  const spatial = last ? x.shape.slice(1, -1) : x.shape.slice(2);
  const pixels = size(spatial);
  const data = new Float64Array(n * c);
  x.data.forEach((value: number, i: number) => {
    const map = last ? Math.floor(i / (pixels * c)) * c + (i % c) : Math.floor(i / pixels);
    data[map]! += value / pixels;
  });
  const ones = spatial.map(() => 1);
  return [quantise(context, { dtype: 'float64', shape: last ? [n, ...ones, c] : [n, c, ...ones], data }, 3)];
};

/** Scale and zero point of the result come first, then three inputs for each part. */
const concat: HostOp = (context) => {
  const parts = Array.from({ length: Math.floor((context.inputs.length - 2) / 3) }, (_, i) => real(context, 2 + 3 * i));
  const axis = axisOf(context.attributes.int('axis'), parts[0]?.shape.length ?? 0);
  const [scale, zero] = [required(context, 0).data[0]!, required(context, 1)];
  return [requantised(concatenate(parts, axis), () => 1 / scale, zero.data[0]!, zero.dtype)];
};

export const quantizedOps: HostOps = {
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
  'com.microsoft:QGemm': qGemm,
  'com.microsoft:QLinearAdd': binary((x, y) => x + y),
  'com.microsoft:QLinearConcat': concat,
  'com.microsoft:QLinearGlobalAveragePool': globalAveragePool,
  'com.microsoft:QLinearLeakyRelu': unary((x, { attributes }) => (x < 0 ? attributes.float('alpha', 0.01) * x : x)),
  'com.microsoft:QLinearMul': binary((x, y) => x * y),
  'com.microsoft:QLinearSigmoid': unary((x) => 1 / (1 + Math.exp(-x))),
};
