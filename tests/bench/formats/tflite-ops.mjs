/** How each operator is written in TensorFlow Lite; codes and field orders are those of its schema. */
import { permuted } from '../weights.mjs';

const unwritten = (what) => new Error(`the benchmark's TFLite writer has no ${what}`);

const SAME = 0;
const VALID = 1;
const FUSED = { ReLU: 1, ReLU6: 3 };

const i8 = (value) => ['i8', value];
const i32 = (value) => ['i32', value];
const fused = (activation) => i8(activation ? FUSED[activation.name] : 0);

/** Operators of the schema: code, type of the options in its union (0: none), and the version, 1 unless a bias came later. */
export const CODES = {
  ADD: { code: 0, options: 11 },
  AVERAGE_POOL_2D: { code: 1, options: 5 },
  CONCATENATION: { code: 2, options: 10 },
  CONV_2D: { code: 3, options: 1 },
  DEPTHWISE_CONV_2D: { code: 4, options: 2 },
  FULLY_CONNECTED: { code: 9, options: 8 },
  MAX_POOL_2D: { code: 17, options: 5 },
  RELU: { code: 19, options: 0 },
  RELU6: { code: 21, options: 0 },
  RESHAPE: { code: 22, options: 17 },
  PAD: { code: 34, options: 22 },
  MEAN: { code: 40, options: 27 },
  TRANSPOSE_CONV: { code: 67, options: 49, version: 3 },
  RESIZE_NEAREST_NEIGHBOR: { code: 97, options: 74 },
  LEAKY_RELU: { code: 98, options: 75 },
};

/** Whether the padding is what SAME makes of these sizes, axis by axis. */
function isSame({ kernel, stride, pad, dilation }, input, output) {
  return [0, 1].every((i) => {
    const [size, out] = [input[2 + i], output[2 + i]];
    const total = Math.max((out - 1) * stride[i] + (kernel[i] - 1) * dilation[i] + 1 - size, 0);
    const before = Math.floor(total / 2);
    return out === Math.ceil(size / stride[i]) && pad[i] === before && pad[i + 2] === total - before;
  });
}

/** The kind of padding, after a PAD of zeros where neither kind is the one wanted. */
function padded(model, { attrs, inputs, output }) {
  const input = model.shapeOf(inputs[0]);
  const { pad } = attrs;
  if (pad.every((amount) => amount === 0)) return { x: model.value(inputs[0]), kind: VALID };
  if (isSame(attrs, input, model.shapeOf(output))) return { x: model.value(inputs[0]), kind: SAME };
  const [n, c, h, w] = input;
  const [top, left, bottom, right] = pad;
  const x = model.tensor([n, h + top + bottom, w + left + right, c]);
  const amounts = model.int32s([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
  model.operator('PAD', [model.value(inputs[0]), amounts], [x], []);
  return { x, kind: VALID };
}

function conv(model, step) {
  const { inChannels, outChannels, groups, kernel, stride, dilation } = step.attrs;
  const depthwise = groups === inChannels && outChannels === inChannels && groups > 1;
  if (groups > 1 && !depthwise) throw unwritten('grouped convolution');
  const { x, kind } = padded(model, step);
  // [OC, C, KH, KW] to [OC, KH, KW, C], or [C, KH, KW] to [1, KH, KW, C].
  const pixels = kernel[0] * kernel[1];
  const rows = depthwise ? [1, inChannels] : [outChannels, inChannels];
  const filter = model.floats(permuted(step.weight, rows[0], rows[1], pixels), [rows[0], ...kernel, inChannels]);
  const bias = model.floats(step.bias ?? new Float32Array(outChannels), [outChannels]);
  const head = [i8(kind), i32(stride[1]), i32(stride[0])];
  const tail = [fused(step.activation), i32(dilation[1]), i32(dilation[0])];
  const options = depthwise ? [...head, i32(1), ...tail] : [...head, ...tail];
  model.operator(depthwise ? 'DEPTHWISE_CONV_2D' : 'CONV_2D', [x, filter, bias], [model.value(step.output)], options);
}

function transposed(model, { attrs, weight, bias, activation, inputs, output }) {
  const { inChannels, outChannels, groups, kernel, stride, pad } = attrs;
  if (groups > 1 || pad.some((amount) => amount > 0)) throw unwritten('grouped or padded transposed convolution');
  // [C, OC, KH, KW] to [OC, KH, KW, C].
  const filter = permuted(weight, 1, inChannels, outChannels * kernel[0] * kernel[1]);
  const operands = [
    model.int32s(nhwc(model.shapeOf(output))),
    model.floats(filter, [outChannels, ...kernel, inChannels]),
    model.value(inputs[0]),
    model.floats(bias ?? new Float32Array(outChannels), [outChannels]),
  ];
  const options = [i8(VALID), i32(stride[1]), i32(stride[0]), fused(activation)];
  model.operator('TRANSPOSE_CONV', operands, [model.value(output)], options);
}

/** Behind a flattened map the inputs come channels-last, so the weights are permuted to match. */
function linear(model, { attrs, weight, bias, activation, inputs, output }) {
  const { inFeatures, outFeatures } = attrs;
  const map = model.flattenedMap(inputs[0]);
  const pixels = map ? map[2] * map[3] : 1;
  const ordered = pixels > 1 ? permuted(weight, outFeatures, inFeatures / pixels, pixels) : weight;
  const operands = [
    model.value(inputs[0]),
    model.floats(ordered, [outFeatures, inFeatures]),
    model.floats(bias ?? new Float32Array(outFeatures), [outFeatures]),
  ];
  model.operator('FULLY_CONNECTED', operands, [model.value(output)], [fused(activation)]);
}

/** Padding with zeros is right for a maximum where the input has no negative numbers. */
function pool(model, step) {
  const { kind: which, kernel, stride, dilation, pad } = step.attrs;
  if (dilation.some((d) => d !== 1)) throw unwritten('dilated pooling');
  const { x, kind } = padded(model, step);
  const added = x !== model.value(step.inputs[0]);
  if (added && (which !== 'max' || !model.isRectified(step.inputs[0]))) throw unwritten(`pooling padded by ${pad.join()}`);
  const options = [i8(kind), i32(stride[1]), i32(stride[0]), i32(kernel[1]), i32(kernel[0]), i8(0)];
  model.operator(which === 'max' ? 'MAX_POOL_2D' : 'AVERAGE_POOL_2D', [x], [model.value(step.output)], options);
}

function adaptive(model, { attrs: { size }, inputs, output }) {
  const [, , h, w] = model.shapeOf(inputs[0]);
  const [x, y] = [model.value(inputs[0]), model.value(output)];
  if (size[0] === h && size[1] === w) model.operator('RESHAPE', [x, model.int32s(nhwc(model.shapeOf(output)))], [y], []);
  else if (size[0] === 1 && size[1] === 1) model.operator('MEAN', [x, model.int32s([1, 2])], [y], [i8(1)]);
  else throw unwritten(`adaptive pooling of ${h}x${w} to ${size.join('x')}`);
}

function activation(model, { attrs: { name, words }, inputs, output }) {
  const kinds = { ReLU: ['RELU', []], ReLU6: ['RELU6', []], LeakyReLU: ['LEAKY_RELU', [['f32', words[1]]]] };
  if (!kinds[name]) throw unwritten(name);
  model.operator(kinds[name][0], [model.value(inputs[0])], [model.value(output)], kinds[name][1]);
}

function upsample(model, { attrs: { mode }, inputs, output }) {
  if (mode !== 'nearest') throw unwritten(`${mode} upsampling`);
  const size = model.int32s(model.shapeOf(output).slice(2));
  model.operator('RESIZE_NEAREST_NEIGHBOR', [model.value(inputs[0]), size], [model.value(output)], [i8(0), i8(0)]);
}

function concat(model, { attrs: { dim }, inputs, output }) {
  const axis = model.shapeOf(output).length === 4 ? [0, 3, 1, 2][dim] : dim;
  model.operator('CONCATENATION', inputs.map((id) => model.value(id)), [model.value(output)], [i32(axis), i8(0)]);
}

function add(model, step) {
  model.operator('ADD', step.inputs.map((id) => model.value(id)), [model.value(step.output)], [fused(step.activation)]);
}

function flatten(model, { inputs, output }) {
  model.operator('RESHAPE', [model.value(inputs[0]), model.int32s(model.shapeOf(output))], [model.value(output)], []);
}

/** [N, C, H, W] as [N, H, W, C]; other shapes as they are. */
export const nhwc = (shape) => (shape.length === 4 ? [shape[0], shape[2], shape[3], shape[1]] : [...shape]);

const OPS = {
  Conv2d: conv, ConvTranspose2d: transposed, Linear: linear, Pool2d: pool, AdaptiveAvgPool2d: adaptive, Activation: activation,
  Upsample: upsample, Concat: concat, Add: add, Flatten: flatten,
};

/** @throws Error for an operator that has no counterpart here */
export function writeStep(model, step) {
  if (!OPS[step.type]) throw unwritten(step.type);
  OPS[step.type](model, step);
}
