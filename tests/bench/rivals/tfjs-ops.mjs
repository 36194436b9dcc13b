/** How each operator is called in TensorFlow.js, channels-last. */
import { permuted } from '../weights.mjs';

const uncalled = (what) => new Error(`the benchmark does not call ${what} in TensorFlow.js`);
const padding = ([top, left, bottom, right]) => [[0, 0], [top, bottom], [left, right], [0, 0]];
const FUSED = { ReLU: 'relu', ReLU6: 'relu6', LeakyReLU: 'leakyrelu' };

/** Name and slope of a fused activation. */
const fusedWith = (activation) => ({
  activation: activation ? FUSED[activation.name] : 'linear',
  leakyreluAlpha: activation?.words[1],
});

function elementwise(tf, { name, words: [, slope] }) {
  const functions = { ReLU: tf.relu, ReLU6: tf.relu6, Sigmoid: tf.sigmoid, Tanh: tf.tanh, LeakyReLU: (x) => tf.leakyRelu(x, slope) };
  if (!functions[name]) throw uncalled(name);
  return functions[name];
}

/** [A, B, KH, KW] to [KH, KW, B, A]. */
function filterLast(tf, data, [a, b, kh, kw]) {
  return tf.transpose(tf.tensor(permuted(data, 1, a * b, kh * kw), [kh, kw, a, b]), [0, 1, 3, 2]);
}

function conv(tf, { attrs, weight, bias, activation }, keep) {
  const { inChannels, outChannels, groups, kernel, stride, pad, dilation } = attrs;
  const depthwise = groups === inChannels && outChannels === inChannels && groups > 1;
  if (groups > 1 && !depthwise) throw uncalled('a grouped convolution');
  const made = tf.tidy(() => filterLast(tf, weight, [outChannels, inChannels / groups, ...kernel]));
  const filter = keep(depthwise ? tf.reshape(made, [...kernel, inChannels, 1]) : made);
  if (depthwise) made.dispose();
  const fixed = { filter, strides: stride, pad: padding(pad), dataFormat: 'NHWC', dilations: dilation, ...fusedWith(activation) };
  if (bias) fixed.bias = keep(tf.tensor1d(bias));
  const call = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  return (x) => call({ x, ...fixed });
}

/** The layer has no bias or activation of its own in TensorFlow.js. */
function transposed(tf, { attrs, weight, bias, activation, output }, { shapes, keep }) {
  const { inChannels, outChannels, groups, kernel, stride, pad } = attrs;
  if (groups > 1) throw uncalled('a grouped transposed convolution');
  const filter = keep(tf.tidy(() => filterLast(tf, weight, [inChannels, outChannels, ...kernel])));
  const [n, c, h, w] = shapes[output];
  const added = bias && keep(tf.tensor1d(bias));
  const after = activation ? elementwise(tf, activation) : (y) => y;
  return (x) => {
    const y = tf.conv2dTranspose(x, filter, [n, h, w, c], stride, padding(pad));
    return after(added ? tf.add(y, added) : y);
  };
}

/** Weights as [in, out]; behind a flattened map the inputs come channels-last, so the weights are permuted to match. */
function linear(tf, { attrs, weight, bias, activation, inputs }, { shapes, steps, keep }) {
  const { inFeatures, outFeatures } = attrs;
  const flattened = steps.find(({ output }) => output === inputs[0]);
  const map = flattened?.type === 'Flatten' ? shapes[flattened.inputs[0]] : [];
  const pixels = map.length === 4 ? map[2] * map[3] : 1;
  const ordered = pixels > 1 ? permuted(weight, outFeatures, inFeatures / pixels, pixels) : weight;
  const b = keep(tf.tidy(() => tf.transpose(tf.tensor2d(ordered, [outFeatures, inFeatures]))));
  const fixed = { b, ...fusedWith(activation), ...(bias && { bias: keep(tf.tensor1d(bias)) }) };
  return (a) => tf.fused.matMul({ a, ...fixed });
}

function pool(tf, { attrs, inputs, output }, { shapes }) {
  const { kind, kernel, stride, pad, dilation, ceil, countIncludePad, divisor } = attrs;
  if (dilation.some((d) => d !== 1)) throw uncalled('a dilated pooling');
  const fits = [0, 1].every((i) => {
    const size = shapes[inputs[0]][2 + i] + pad[i] + pad[i + 2];
    return shapes[output][2 + i] === Math.floor((size - kernel[i]) / stride[i]) + 1;
  });
  if (ceil && !fits) throw uncalled('a pooling that rounds up');
  const padded = pad.some((amount) => amount > 0);
  if (kind === 'avg' && (divisor > 0 || (countIncludePad && padded))) throw uncalled('an average with a divisor of its own');
  const call = kind === 'max' ? tf.maxPool : tf.avgPool;
  return (x) => call(x, kernel, stride, padded ? padding(pad) : 'valid');
}

function adaptive(tf, { attrs: { size }, inputs }, { shapes }) {
  const [, , h, w] = shapes[inputs[0]];
  if (size[0] === h && size[1] === w) return (x) => tf.clone(x);
  if (size[0] === 1 && size[1] === 1) return (x) => tf.mean(x, [1, 2], true);
  if (h % size[0] || w % size[1]) throw uncalled(`adaptive pooling of ${h}x${w} to ${size.join('x')}`);
  const kernel = [h / size[0], w / size[1]];
  return (x) => tf.avgPool(x, kernel, kernel, 'valid');
}

function upsample(tf, { attrs: { mode, alignCorners }, output }, { shapes }) {
  const size = shapes[output].slice(2);
  if (mode === 'nearest') return (x) => tf.image.resizeNearestNeighbor(x, size);
  return (x) => tf.image.resizeBilinear(x, size, alignCorners, !alignCorners);
}

/** The axis of [N, C, H, W] in [N, H, W, C]. */
const axisLast = (axis, rank) => (rank === 4 ? [0, 3, 1, 2][axis] : axis);

const OPS = {
  Conv2d: (tf, step, { keep }) => conv(tf, step, keep),
  ConvTranspose2d: transposed,
  Linear: linear,
  Pool2d: pool,
  AdaptiveAvgPool2d: adaptive,
  GlobalPool2d: (tf, { attrs }) => (x) => (attrs.kind === 'max' ? tf.max : tf.mean)(x, [1, 2], true),
  Upsample: upsample,
  Activation: (tf, { attrs }) => elementwise(tf, attrs),
  Add: (tf) => (a, b) => tf.add(a, b),
  Mul: (tf) => (a, b) => tf.mul(a, b),
  Concat: (tf, { attrs, output }, { shapes }) => (...values) => tf.concat(values, axisLast(attrs.dim, shapes[output].length)),
  Flatten: (tf, { output }, { shapes }) => (x) => tf.reshape(x, shapes[output]),
  Softmax: (tf, { attrs }) => (x) => (attrs.log ? tf.logSoftmax : tf.softmax)(x, attrs.dim),
};

/**
 * A step as a function of its inputs' tensors. Weights are made here, once.
 * @throws Error for an operator that is not called here
 */
export function tfjsStep(tf, step, context) {
  if (!OPS[step.type]) throw uncalled(step.type);
  return OPS[step.type](tf, step, context);
}
