import { ShapeError, UnsupportedError } from '../../errors.js';
import { allocate, reshaped, size } from '../tensors.js';
import type { HostTensor, OnnxDtype } from '../types.js';
import { combine } from './elementwise.js';
import { required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { reduced } from './reduce.js';
import { axisOf } from './shapes.js';
import { rounded } from './types.js';

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;

function variance(values: Float64Array): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length;
}

/** Statistics are computed in doubles whatever the type. */
function wide(x: HostTensor): HostTensor {
  return { ...x, dtype: 'float64' };
}

function narrow(x: HostTensor, dtype: OnnxDtype): HostTensor {
  const data = allocate(dtype, x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = x.data[i]!;
  return rounded({ dtype, shape: x.shape, data });
}

/** (x - mean) / sqrt(variance + epsilon) over some axes. */
function normalised(x: HostTensor, axes: readonly number[], epsilon: number): { y: HostTensor; middle: HostTensor; inverse: HostTensor } {
  const middle = reduced(wide(x), axes, true, mean);
  const spread = reduced(wide(x), axes, true, variance);
  const inverse = { ...spread, data: Float64Array.from(spread.data, (v) => 1 / Math.sqrt(v + epsilon)) };
  const centred = combine(x, middle, 'float64', (a, b) => a - b);
  return { y: combine(centred, inverse, 'float64', (a, b) => a * b), middle, inverse };
}

/** A vector as a factor for each index of an axis. */
function along(vector: HostTensor, axis: number, rank: number): HostTensor {
  return { ...vector, shape: Array.from({ length: rank }, (_, i) => (i === axis ? vector.data.length : 1)) };
}

function scaled(x: HostTensor, scale: HostTensor, bias: HostTensor | undefined): HostTensor {
  const product = combine(x, scale, 'float64', (a, b) => a * b);
  return bias ? combine(product, bias, 'float64', (a, b) => a + b) : product;
}

const batchNormalization: HostOp = (context) => {
  const [x, scale, bias, inputMean, inputVar] = [0, 1, 2, 3, 4].map((i) => required(context, i)) as [HostTensor, HostTensor, HostTensor, HostTensor, HostTensor];
  const { attributes, opset } = context;
  const rank = x.shape.length;
  const epsilon = attributes.float('epsilon', 1e-5);
  if (attributes.int('spatial', 1) === 0) throw new UnsupportedError('spatial: 0 is not supported', { place: 'spatial' });
  const training = opset >= 14 && attributes.int('training_mode', 0) !== 0;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const [current, spread] = training ? [reduced(wide(x), axes, false, mean), reduced(wide(x), axes, false, variance)] : [inputMean, inputVar];
  const inverse = { ...spread, dtype: 'float64' as const, data: Float64Array.from(spread.data, (v) => 1 / Math.sqrt(v + epsilon)) };
  const centred = combine(x, along(current, 1, rank), 'float64', (a, b) => a - b);
  const y = scaled(combine(centred, along(inverse, 1, rank), 'float64', (a, b) => a * b), along(scale, 1, rank), along(bias, 1, rank));
  if (!training) return [narrow(y, x.dtype)];
  const momentum = attributes.float('momentum', 0.9);
  const running = (old: HostTensor, now: HostTensor): HostTensor => narrow(combine(old, now, 'float64', (a, b) => a * momentum + b * (1 - momentum)), old.dtype);
  return [narrow(y, x.dtype), running(inputMean, current), running(inputVar, spread)];
};

const instanceNormalization: HostOp = (context) => {
  const [x, scale, bias] = [required(context, 0), required(context, 1), required(context, 2)];
  const rank = x.shape.length;
  const axes = x.shape.map((_, axis) => axis).slice(2);
  const { y } = normalised(x, axes, context.attributes.float('epsilon', 1e-5));
  return [narrow(scaled(y, along(scale, 1, rank), along(bias, 1, rank)), x.dtype)];
};

const groupNormalization: HostOp = (context) => {
  const [x, scale, bias] = [required(context, 0), required(context, 1), required(context, 2)];
  const groups = context.attributes.int('num_groups');
  const [n = 0, c = 0, ...spatial] = x.shape;
  if (!(groups >= 1) || c % groups !== 0) throw new ShapeError(`${c} channels do not divide into ${groups} groups`, { place: 'num_groups' });
  const grouped = reshaped(x, [n, groups, (c / groups) * size(spatial)]);
  const { y } = normalised(grouped, [2], context.attributes.float('epsilon', 1e-5));
  // Opset 18 had a factor for each group, later ones one for each channel.
  const perGroup = scale.data.length === groups && context.opset < 21;
  const spread = perGroup
    ? reshaped(scaled(y, along(scale, 1, 3), along(bias, 1, 3)), x.shape)
    : scaled(reshaped(y, x.shape), along(scale, 1, x.shape.length), along(bias, 1, x.shape.length));
  return [narrow(spread, x.dtype)];
};

/** From an axis to the last. */
function axesFrom(context: HostContext, x: HostTensor): number[] {
  const axis = axisOf(context.attributes.int('axis', -1), x.shape.length);
  return x.shape.map((_, i) => i).slice(axis);
}

const layerNormalization: HostOp = (context) => {
  const [x, scale] = [required(context, 0), required(context, 1)];
  const { y, middle, inverse } = normalised(x, axesFrom(context, x), context.attributes.float('epsilon', 1e-5));
  return [narrow(scaled(y, scale, context.inputs[2]), x.dtype), narrow(middle, 'float32'), narrow(inverse, 'float32')];
};

const rmsNormalization: HostOp = (context) => {
  const [x, scale] = [required(context, 0), required(context, 1)];
  const epsilon = context.attributes.float('epsilon', 1e-5);
  const root = reduced(wide(x), axesFrom(context, x), true, (values) => 1 / Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length + epsilon));
  return [narrow(scaled(combine(x, root, 'float64', (a, b) => a * b), scale, undefined), x.dtype)];
};

/** Over channels near by (Krizhevsky et al. 2012); an even window reaches further on than back. */
const lrn: HostOp = (context) => {
  const x = required(context, 0);
  const { attributes } = context;
  const [length, alpha, beta, bias] = [attributes.int('size'), attributes.float('alpha', 1e-4), attributes.float('beta', 0.75), attributes.float('bias', 1)];
  const [channels, inner] = [x.shape[1] ?? 1, size(x.shape.slice(2))];
  const [back, on] = [Math.floor((length - 1) / 2), Math.ceil((length - 1) / 2)];
  const data = allocate(x.dtype, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const c = Math.floor(i / inner) % channels;
    let sum = 0;
    for (let k = Math.max(0, c - back); k <= Math.min(channels - 1, c + on); k++) sum += x.data[i + (k - c) * inner]! ** 2;
    data[i] = x.data[i]! / (bias + (alpha / length) * sum) ** beta;
  }
  return [rounded({ ...x, data })];
};

const meanVarianceNormalization: HostOp = (context) => {
  const x = required(context, 0);
  const axes = context.attributes.ints('axes', [0, 2, 3]).map((axis) => axisOf(axis, x.shape.length));
  const middle = reduced(wide(x), axes, true, mean);
  const deviation = reduced(wide(x), axes, true, (values) => Math.sqrt(variance(values)));
  const centred = combine(x, middle, 'float64', (a, b) => a - b);
  return [narrow(combine(centred, deviation, 'float64', (a, b) => a / (b + 1e-9)), x.dtype)];
};

const lpNormalization: HostOp = (context) => {
  const x = required(context, 0);
  const p = context.attributes.int('p', 2);
  const axis = axisOf(context.attributes.int('axis', -1), x.shape.length);
  const lengths = reduced(wide(x), [axis], true, (values) => values.reduce((sum, v) => sum + Math.abs(v) ** p, 0) ** (1 / p));
  return [narrow(combine(x, lengths, 'float64', (a, b) => (b === 0 ? 0 : a / b)), x.dtype)];
};

export const normOps: HostOps = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: lrn,
  LayerNormalization: layerNormalization,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  RMSNormalization: rmsNormalization,
};
