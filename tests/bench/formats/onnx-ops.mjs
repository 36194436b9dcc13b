/** How each operator type that the benchmark's networks use is called in ONNX (operator set 17). */
import { float, floats, int, int64s, ints, string } from './onnx-proto.mjs';

const window = (a) => [ints('kernel_shape', a.kernel), ints('strides', a.stride), ints('pads', a.pad)];
const dilated = (a) => [...window(a), ints('dilations', a.dilation)];
const unwritten = (what) => new Error(`the benchmark's ONNX writer has no ${what}`);

const ACTIVATIONS = {
  ReLU: () => ({ type: 'Relu' }),
  ReLU6: () => ({ type: 'Clip', constants: [floats('low', [], Float32Array.of(0)), floats('high', [], Float32Array.of(6))] }),
  LeakyReLU: (slope) => ({ type: 'LeakyRelu', attributes: [float('alpha', slope)] }),
  Sigmoid: () => ({ type: 'Sigmoid' }),
  Tanh: () => ({ type: 'Tanh' }),
  Hardsigmoid: (alpha, beta) => ({ type: 'HardSigmoid', attributes: [float('alpha', alpha), float('beta', beta)] }),
  Hardswish: () => ({ type: 'HardSwish' }),
};

function pool(a) {
  const ceil = int('ceil_mode', a.ceil ? 1 : 0);
  if (a.kind === 'max') return { type: 'MaxPool', attributes: [...dilated(a), ceil] };
  if (a.divisor > 0 || a.dilation.some((d) => d !== 1)) throw unwritten('average pooling with a divisor or dilation');
  return { type: 'AveragePool', attributes: [...window(a), ceil, int('count_include_pad', a.countIncludePad ? 1 : 0)] };
}

function adaptive({ size }, [, , h, w]) {
  if (size[0] === h && size[1] === w) return { type: 'Identity' };
  if (size[0] === 1 && size[1] === 1) return { type: 'GlobalAveragePool' };
  if (h % size[0] || w % size[1]) throw unwritten(`adaptive pooling of ${h}x${w} to ${size.join('x')}`);
  const kernel = [h / size[0], w / size[1]];
  return { type: 'AveragePool', attributes: [ints('kernel_shape', kernel), ints('strides', kernel)] };
}

function resize({ mode, alignCorners }, [, , h, w], [, , oh, ow]) {
  const coordinates = mode === 'nearest' ? 'asymmetric' : alignCorners ? 'align_corners' : 'half_pixel';
  const attributes = [string('mode', mode === 'nearest' ? 'nearest' : 'linear'), string('coordinate_transformation_mode', coordinates)];
  if (mode === 'nearest') attributes.push(string('nearest_mode', 'floor'));
  const roi = floats('roi', [0], new Float32Array(0));
  return { type: 'Resize', attributes, constants: [roi, floats('scales', [4], Float32Array.of(1, 1, oh / h, ow / w))] };
}

/** Each gives `{ type, attributes, roles, constants }`: parameters by role come before constants. */
const OPS = {
  Conv2d: (a) => ({ type: 'Conv', attributes: [...dilated(a), int('group', a.groups)], roles: ['weight', 'bias'] }),
  ConvTranspose2d: (a) => ({
    type: 'ConvTranspose',
    attributes: [...dilated(a), int('group', a.groups), ints('output_padding', a.outputPadding)],
    roles: ['weight', 'bias'],
  }),
  BatchNorm2d: (a) => ({
    type: 'BatchNormalization',
    attributes: [float('epsilon', a.eps)],
    roles: ['weight', 'bias', 'running_mean', 'running_var'],
  }),
  Activation: ({ name, words: [, a, b] }) => {
    if (!ACTIVATIONS[name]) throw unwritten(name);
    return ACTIVATIONS[name](a, b);
  },
  Pool2d: pool,
  GlobalPool2d: ({ kind }) => ({ type: kind === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool' }),
  AdaptiveAvgPool2d: adaptive,
  Upsample: resize,
  Add: () => ({ type: 'Add' }),
  Mul: () => ({ type: 'Mul' }),
  Concat: (a) => ({ type: 'Concat', attributes: [int('axis', a.dim)] }),
  Flatten: (_, __, out) => ({ type: 'Reshape', constants: [int64s('shape', out)] }),
  Reshape: (_, __, out) => ({ type: 'Reshape', constants: [int64s('shape', out)] }),
  Softmax: (a) => ({ type: a.log ? 'LogSoftmax' : 'Softmax', attributes: [int('axis', a.dim)] }),
  Linear: () => ({ type: 'Gemm', attributes: [int('transB', 1)], roles: ['weight', 'bias'] }),
  Identity: () => ({ type: 'Identity' }),
};

/** @throws Error for an operator that has no counterpart here */
export function onnxOp({ type, attrs }, inputShape, outputShape) {
  if (!OPS[type]) throw unwritten(type);
  return { attributes: [], roles: [], constants: [], ...OPS[type](attrs, inputShape, outputShape) };
}
