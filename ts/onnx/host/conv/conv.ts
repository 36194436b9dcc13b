import { ShapeError, UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, OnnxDtype } from '../../form/types.js';
import { transposedConvolve } from './transpose.js';
import { checkKernel, eachTap, expectShape, groupsOf, mapsOf } from '../lib/window.js';
import { windowAxes } from '../../form/window.js';
import { combine } from '../elementwise/elementwise.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { rounded } from '../lib/types.js';
import { eachPosition } from '../lib/walk.js';

/** x [N, C, ...], w [OC, C / groups, ...] to [N, OC, ...], for any number of dimensions; sums are doubles. */
export function convolve(context: HostContext, x: HostTensor, w: HostTensor, bias: HostTensor | undefined, dtype: OnnxDtype): HostTensor {
  const { n, c, spatial } = mapsOf(x);
  const [oc = 0, cg = 0, ...kernel] = w.shape;
  const groups = groupsOf(context, 'group', c, oc);
  if (c !== cg * groups || w.shape.length !== x.shape.length) {
    wrong('input 1', `filters for ${showShape(x.shape)} in ${groups} groups`, showShape(w.shape), { as: ShapeError });
  }
  checkKernel(context, kernel);
  expectShape(bias, [oc], 'bias');
  const axes = windowAxes(context.attributes, spatial, kernel);
  const out = axes.map((axis) => axis.out);
  const [pixels, area, places] = [size(spatial), size(kernel), size(out)];
  const shape = [n, oc, ...out];
  const data = allocate(dtype, size(shape));
  const sums = allocate('float64', oc);
  for (let image = 0; data.length > 0 && image < n; image++) {
    eachPosition(out, (index, position) => {
      for (let o = 0; o < oc; o++) sums[o] = bias?.data[o] ?? 0;
      if (cg > 0) {
        eachTap(axes, position, (tap, pixel) => {
          for (let o = 0; o < oc; o++) {
            const first = image * c + Math.floor(o / (oc / groups)) * cg;
            let sum = 0;
            for (let i = 0; i < cg; i++) sum += x.data[(first + i) * pixels + pixel]! * w.data[(o * cg + i) * area + tap]!;
            sums[o]! += sum;
          }
        });
      }
      for (let o = 0; o < oc; o++) data[(image * oc + o) * places + index] = sums[o]!;
    });
  }
  return rounded({ dtype, shape, data });
}

const conv: Compute = (context) => {
  const x = required(context, 0);
  return [convolve(context, x, required(context, 1), context.inputs[2], x.dtype)];
};

/** Integers less their zero points: one for all, or one for each filter. What is padded counts as the zero point. */
const convInteger: Compute = (context) => {
  const [x, w] = [required(context, 0), required(context, 1)];
  const less = (from: HostTensor, index: number, filters: number | undefined): HostTensor => {
    const point = context.inputs[index];
    if (!point) return from;
    const single = point.data.length === 1;
    if (!single) expectShape(point, filters === undefined ? [] : [filters], `input ${index}`);
    const shape = single ? [] : [...point.shape, ...from.shape.slice(1).map(() => 1)];
    return combine(from, { ...point, shape }, 'int32', (value, zero) => value - zero);
  };
  return [convolve(context, less(x, 2, undefined), less(w, 3, w.shape[0]), undefined, 'int32')];
};

const convTranspose: Compute = (context) => [transposedConvolve(context, required(context, 0), required(context, 1), context.inputs[2])];

interface Activation {
  /** Of the parameters, where the node gives none. */
  readonly params: readonly [number, number];
  readonly f: (x: number, a: number, b: number) => number;
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  '': { params: [0, 0], f: (x) => x },
  Clip: { params: [-Infinity, Infinity], f: (x, a, b) => Math.min(b, Math.max(a, x)) },
  HardSigmoid: { params: [0.2, 0.5], f: (x, a, b) => Math.max(0, Math.min(1, a * x + b)) },
  LeakyRelu: { params: [0.01, 0], f: (x, a) => (x < 0 ? a * x : x) },
  Relu: { params: [0, 0], f: (x) => Math.max(0, x) },
  Sigmoid: { params: [0, 0], f: (x) => 1 / (1 + Math.exp(-x)) },
  Tanh: { params: [0, 0], f: Math.tanh },
};

/** Convolution, then a summand, then an activation: what ONNX Runtime writes after optimising. */
const fusedConv: Compute = (context) => {
  const name = context.attributes.string('activation', '');
  const activation = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (!activation) wrong('activation', 'an activation that is known', name, { as: UnsupportedError });
  const params = context.attributes.floats('activation_params', []);
  const [a, b] = activation.params.map((otherwise, i) => params[i] ?? otherwise) as [number, number];
  const [sum] = conv(context) as readonly [HostTensor];
  const z = context.inputs[3] ?? { ...sum, shape: [], data: allocate(sum.dtype, 1) };
  if (context.inputs[3]) expectShape(z, sum.shape, 'input 3');
  return [rounded(combine(sum, z, sum.dtype, (x, y) => activation.f(x + y, a, b)))];
};

export const convOps: HostOps = {
  Conv: conv,
  ConvInteger: convInteger,
  ConvTranspose: convTranspose,
  'com.microsoft:FusedConv': fusedConv,
};
