import { ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, OnnxDtype } from '../../form/types.js';
import { convolve } from '../conv/conv.js';
import { combine } from '../elementwise/elementwise.js';
import { permuted } from '../shape/layout.js';
import { matmul } from '../matmul/matmul.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { quantised } from './quantize.js';
import { addition, globalAveragePool, leakyRelu, multiplication, quantisedAveragePool, quantisedConcat, sigmoid, single } from './real.js';
import { rangeOf } from '../lib/types.js';

const f = Math.fround;

/** A scale or zero point, one for all or one for each of `count`. */
function oneOrEach(context: HostContext, index: number, count: number): HostTensor {
  const vector = required(context, index);
  if (vector.data.length === 1 || vector.data.length === count) return vector;
  wrong(`input ${index}`, `1 number or ${count}`, String(vector.data.length), { as: ShapeError });
}

/** x - zero point as integers; the point is one number, or one for each index of an axis. */
function centred(x: HostTensor, zero: HostTensor, axis = 0): HostTensor {
  const shape = zero.data.length === 1 ? [] : x.shape.map((_, i) => (i === axis ? zero.data.length : 1));
  return combine({ ...x, dtype: 'int32' }, { ...zero, shape }, 'int32', (value, by) => value - by);
}

/** Sums of integers times a factor, as 8-bit numbers: the product is a float32. */
function requantised(sums: HostTensor, factor: (i: number) => number, zero: number, dtype: OnnxDtype): HostTensor {
  const [least, most] = rangeOf(dtype);
  const data = allocate(dtype, sums.data.length);
  for (let i = 0; i < data.length; i++) data[i] = quantised(f(f(sums.data[i]!) * factor(i)), zero, least, most);
  return { dtype, shape: sums.shape, data };
}

const qLinearConv: Compute = (context) => {
  const [x, w] = [required(context, 0), required(context, 3)];
  const oc = w.shape[0] ?? 0;
  const [xScale, yScale, yZero] = [single(context, 1), single(context, 6), single(context, 7)];
  const wScale = oneOrEach(context, 4, oc);
  const bias = context.inputs[8];
  if (bias && bias.data.length !== oc) wrong('B', `${oc} numbers`, String(bias.data.length), { as: ShapeError });
  single(context, 2);
  const sums = convolve(context, centred(x, required(context, 2)), centred(w, oneOrEach(context, 5, oc), 0), bias, 'int32');
  const pixels = size(sums.shape.slice(2));
  const factors = Float64Array.from(wScale.data, (scale) => f(f(xScale * scale) / yScale));
  return [requantised(sums, (i) => factors[Math.floor(i / pixels) % factors.length]!, yZero, required(context, 7).dtype)];
};

/** A scale or zero point as it stretches over a matrix: a vector has a number for each row on the left, each column on the right. */
function overMatrix(vector: HostTensor, side: 'rows' | 'columns'): HostTensor {
  if (vector.data.length === 1) return { ...vector, shape: [] };
  return side === 'rows' && vector.shape.length === 1 ? { ...vector, shape: [...vector.shape, 1] } : vector;
}

function less(x: HostTensor, zero: HostTensor): HostTensor {
  return combine({ ...x, dtype: 'int32' }, zero, 'int32', (value, by) => value - by);
}

const qLinearMatMul: Compute = (context) => {
  const input = (index: number, side: 'rows' | 'columns'): HostTensor => overMatrix(required(context, index), side);
  const left = less(required(context, 0), input(2, 'rows'));
  const right = less(required(context, 3), input(5, 'columns'));
  const sums = matmul(left, right, 'int32');
  const dtype = required(context, 7).dtype;
  const scales = combine(input(1, 'rows'), input(4, 'columns'), 'float32', (a, b) => f(a * b));
  const factors = combine(scales, input(6, 'rows'), 'float32', (a, b) => f(a / b));
  const products = combine(sums, factors, 'float32', (sum, factor) => f(f(sum) * factor));
  const [least, most] = rangeOf(dtype);
  const y = combine(products, input(7, 'rows'), dtype, (value, zero) => quantised(value, zero, least, most));
  if (y.data.length === sums.data.length) return [{ ...y, shape: sums.shape }];
  wrong('scale', `scales that stretch to ${showShape(sums.shape)}`, showShape(y.shape), { as: ShapeError });
};

/** An operand of a Gemm less its zero point, turned where the attribute says so. */
function gemmOperand(context: HostContext, index: number, turn: string, zero: HostTensor, axis: (turned: boolean) => number): HostTensor {
  const x = required(context, index);
  if (x.shape.length !== 2) wrong(`input ${index}`, 'a matrix', showShape(x.shape), { as: ShapeError });
  const turned = context.attributes.int(turn, 0) !== 0;
  const integers = centred(x, zero, axis(turned));
  return turned ? permuted(integers, [1, 0]) : integers;
}

/** A Gemm of quantised numbers; without a scale of the result it is a float. */
const qGemm: Compute = (context) => {
  single(context, 2);
  const left = gemmOperand(context, 0, 'transA', required(context, 2), () => 0);
  const right = gemmOperand(context, 3, 'transB', required(context, 5), (turned) => (turned ? 0 : 1));
  const product = matmul(left, right, 'int32');
  const c = context.inputs[6];
  const sums = c ? combine(product, c, 'int32', (x, y) => x + y) : product;
  const columns = sums.shape[1] ?? 1;
  const bScale = oneOrEach(context, 4, columns);
  const aScale = f(context.attributes.float('alpha', 1) * single(context, 1));
  const scales = Float64Array.from(bScale.data, (scale) => f(aScale * scale));
  const scale = (i: number): number => scales[scales.length === 1 ? 0 : i % columns]!;
  if (!context.inputs[7]) {
    const data = allocate('float32', sums.data.length);
    for (let i = 0; i < data.length; i++) data[i] = sums.data[i]! * scale(i);
    return [{ dtype: 'float32', shape: sums.shape, data }];
  }
  const yScale = single(context, 7);
  return [requantised(sums, (i) => f(scale(i) / yScale), single(context, 8, 0), (context.inputs[8] ?? required(context, 0)).dtype)];
};

export const quantizedOps: HostOps = {
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
  'com.microsoft:QGemm': qGemm,
  'com.microsoft:QLinearAdd': addition,
  'com.microsoft:QLinearAveragePool': quantisedAveragePool,
  'com.microsoft:QLinearConcat': quantisedConcat,
  'com.microsoft:QLinearGlobalAveragePool': globalAveragePool,
  'com.microsoft:QLinearLeakyRelu': leakyRelu,
  'com.microsoft:QLinearMul': multiplication,
  'com.microsoft:QLinearSigmoid': sigmoid,
};
