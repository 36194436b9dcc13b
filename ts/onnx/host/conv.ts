import { ShapeError, UnsupportedError } from '../../errors.js';
import { showShape } from '../../tensor/tensor.js';
import { allocate, size } from '../tensors.js';
import type { HostTensor, OnnxDtype } from '../types.js';
import { combine } from './elementwise.js';
import { required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { rounded } from './types.js';
import { eachPosition, eachTap, tapsOf, windowAxes } from './window.js';
import type { Axis } from './window.js';

/** x [N, C, ...], w [OC, C / groups, ...] to [N, OC, ...], for any number of dimensions; sums are doubles. */
export function convolve(context: HostContext, x: HostTensor, w: HostTensor, bias: HostTensor | undefined, dtype: OnnxDtype): HostTensor {
  const groups = context.attributes.int('group', 1);
  const [n = 0, c = 0, ...spatial] = x.shape;
  const [oc = 0, cg = 0, ...kernel] = w.shape;
  if (c !== cg * groups || oc % groups !== 0) throw new ShapeError(`filters ${showShape(w.shape)} in ${groups} groups for ${showShape(x.shape)}`);
  const axes = windowAxes(context.attributes, spatial, kernel);
  const out = axes.map((axis) => axis.out);
  const [pixels, area, taps] = [size(spatial), size(kernel), size(out)];
  const tables = axes.map(tapsOf);
  const data = allocate(dtype, n * oc * taps);
  const sums = new Float64Array(oc);
  for (let image = 0; image < n; image++) {
    eachPosition(out, (index, position) => {
      for (let o = 0; o < oc; o++) sums[o] = bias?.data[o] ?? 0;
      eachTap(axes, tables, position, (tap, pixel) => {
        for (let o = 0; o < oc; o++) {
          const first = Math.floor(o / (oc / groups)) * cg;
          let sum = 0;
          for (let i = 0; i < cg; i++) sum += x.data[(image * c + first + i) * pixels + pixel]! * w.data[(o * cg + i) * area + tap]!;
          sums[o]! += sum;
        }
      });
      for (let o = 0; o < oc; o++) data[(image * oc + o) * taps + index] = sums[o]!;
    });
  }
  return rounded({ dtype, shape: [n, oc, ...out], data });
}

const conv: HostOp = (context) => {
  const x = required(context, 0);
  return [convolve(context, x, required(context, 1), context.inputs[2], x.dtype)];
};

const convInteger: HostOp = (context) => {
  const [x, w] = [required(context, 0), required(context, 1)];
  const zero = context.inputs[2]?.data[0] ?? 0;
  const points = context.inputs[3];
  const perChannel = points && points.data.length > 1 ? { ...points, shape: [points.data.length, ...w.shape.slice(1).map(() => 1)] } : points;
  const less = (a: HostTensor, b: HostTensor | undefined): HostTensor => (b ? combine({ ...a, dtype: 'int32' }, b, 'int32', (p, q) => p - q) : a);
  const shiftedX = less(x, { dtype: x.dtype, shape: [], data: Float64Array.of(zero) });
  return [convolve(context, shiftedX, less(w, perChannel), undefined, 'int32')];
};

/** Padding of each axis of a transposed convolution, which `output_shape` or `auto_pad` may leave open. */
function transposedAxes(context: HostContext, spatial: readonly number[], kernel: readonly number[]): Axis[] {
  const { attributes } = context;
  const ones = spatial.map(() => 1);
  const [strides, dilations] = [attributes.ints('strides', ones), attributes.ints('dilations', ones)];
  const extra = attributes.ints('output_padding', spatial.map(() => 0));
  const pads = attributes.ints('pads', [...spatial, ...spatial].map(() => 0));
  const auto = attributes.string('auto_pad', 'NOTSET');
  const same = auto === 'SAME_UPPER' || auto === 'SAME_LOWER';
  const wanted = attributes.has('output_shape') ? attributes.ints('output_shape').slice(-spatial.length) : undefined;
  return spatial.map((length, i): Axis => {
    const [k, s, d, added] = [kernel[i]!, strides[i]!, dilations[i]!, extra[i]!];
    const full = s * (length - 1) + added + d * (k - 1) + 1;
    const out = wanted?.[i] ?? (same ? length * s : undefined);
    const total = out === undefined ? 0 : Math.max(0, full - out);
    const less = Math.floor(total / 2);
    const before = out === undefined ? (auto === 'VALID' ? 0 : pads[i]!) : auto === 'SAME_UPPER' ? less : total - less;
    const after = out === undefined ? (auto === 'VALID' ? 0 : pads[spatial.length + i]!) : total - before;
    const size = out ?? full - before - after;
    if (size < 1) throw new ShapeError(`padding ${before} + ${after} leaves nothing of the output`);
    return { size: length, kernel: k, stride: s, dilation: d, before, after, out: size };
  });
}

/** x [N, C, ...], w [C, OC / groups, ...]: each input pixel stamps the filter onto the output. */
const convTranspose: HostOp = (context) => {
  const [x, w] = [required(context, 0), required(context, 1)];
  const groups = context.attributes.int('group', 1);
  const [n = 0, c = 0, ...spatial] = x.shape;
  const [wc = 0, og = 0, ...kernel] = w.shape;
  if (wc !== c || c % groups !== 0) throw new ShapeError(`filters ${showShape(w.shape)} in ${groups} groups for ${showShape(x.shape)}`);
  const axes = transposedAxes(context, spatial, kernel);
  const out = axes.map((axis) => axis.out);
  const [pixels, area, size_, oc, cg] = [size(spatial), size(kernel), size(out), og * groups, c / groups];
  const sums = new Float64Array(size(x.shape.slice(0, 1)) * oc * size_);
  eachPosition(spatial, (pixel, position) => {
    eachPosition(kernel, (tap, offsets) => {
      let at = 0;
      for (const [d, axis] of axes.entries()) {
        const index = position[d]! * axis.stride + offsets[d]! * axis.dilation - axis.before;
        if (index < 0 || index >= axis.out) return;
        at = at * axis.out + index;
      }
      for (let image = 0; image < n; image++) {
        for (let i = 0; i < c; i++) {
          const value = x.data[(image * c + i) * pixels + pixel]!;
          const first = Math.floor(i / cg) * og;
          for (let o = 0; o < og; o++) sums[(image * oc + first + o) * size_ + at]! += value * w.data[(i * og + o) * area + tap]!;
        }
      }
    });
  });
  const bias = context.inputs[2];
  const data = allocate(x.dtype, sums.length);
  for (let i = 0; i < data.length; i++) data[i] = sums[i]! + (bias?.data[Math.floor(i / size_) % oc] ?? 0);
  return [rounded({ dtype: x.dtype, shape: [n, oc, ...out], data })];
};

const ACTIVATIONS: Readonly<Record<string, (x: number, a: number, b: number) => number>> = {
  '': (x) => x,
  Relu: (x) => Math.max(0, x),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Tanh: Math.tanh,
  LeakyRelu: (x, a) => (x < 0 ? a * x : x),
  Clip: (x, a, b) => Math.min(b, Math.max(a, x)),
  HardSigmoid: (x, a, b) => Math.max(0, Math.min(1, a * x + b)),
};

/** Convolution, then a summand, then an activation: what ONNX Runtime writes after optimising. */
const fusedConv: HostOp = (context) => {
  const name = context.attributes.string('activation', '');
  const activation = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (!activation) throw new UnsupportedError(`activation: there is no ${name}`, { place: 'activation', got: name });
  const [a = 0, b = 0] = context.attributes.floats('activation_params', []);
  const [sum] = conv(context) as readonly [HostTensor];
  const z = context.inputs[3];
  const added = z ? combine(sum, z, sum.dtype, (x, y) => x + y) : sum;
  return [{ ...added, data: added.data.map((x) => activation(x, a, b)) as HostTensor['data'] }];
};

export const convOps: HostOps = {
  Conv: conv,
  ConvInteger: convInteger,
  ConvTranspose: convTranspose,
  'com.microsoft:FusedConv': fusedConv,
};
