import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, dtypeOf, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { combine } from '../elementwise/elementwise.js';
import { batchNormalization } from './batch.js';
import { narrow, normalisedRows, scaleFeatures, stretched, wide } from './parts.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { reduced } from '../reduce/reduce.js';
import { axisOf } from '../../form/axis.js';
import { rounded } from '../lib/types.js';

const times = (a: number, b: number): number => a * b;
const plus = (a: number, b: number): number => a + b;

/** A tensor of images and channels. */
function channelled(context: HostContext): HostTensor {
  const x = required(context, 0);
  if (x.shape.length >= 2) return x;
  wrong('input', '[N, C, ...]', showShape(x.shape), { as: ShapeError });
}

function epsilonOf({ attributes }: HostContext): number {
  return attributes.float('epsilon', 1e-5);
}

/** Each channel of each image on its own. */
const instanceNormalization: Compute = (context) => {
  const [x, scale, bias] = [channelled(context), required(context, 1), required(context, 2)];
  const pixels = size(x.shape.slice(2));
  const { y } = normalisedRows(x, pixels, epsilonOf(context));
  return [narrow(scaleFeatures(y, scale, bias, x.shape[1] ?? 1, pixels), x.dtype)];
};

/** Groups of channels of each image (Wu and He 2018). */
const groupNormalization: Compute = (context) => {
  const [x, scale, bias] = [channelled(context), required(context, 1), required(context, 2)];
  const groups = context.attributes.int('num_groups');
  const [, c = 0, ...spatial] = x.shape;
  if (!(groups >= 1) || c % groups !== 0) {
    wrong('num_groups', `groups that divide ${c} channels`, String(groups), { as: ShapeError });
  }
  const pixels = size(spatial);
  const length = (c / groups) * pixels;
  const { y } = normalisedRows(x, length, epsilonOf(context));
  // Opset 18 had a factor for each group, later ones one for each channel.
  const perGroup = context.opset < 21 && scale.data.length === groups;
  return [narrow(scaleFeatures(y, scale, bias, perGroup ? groups : c, perGroup ? length : pixels), x.dtype)];
};

/** The axis from which on dimensions are normalised together, and how many elements these are. */
function rowsFrom(context: HostContext, x: HostTensor): { axis: number; length: number } {
  const axis = axisOf(context.attributes.int('axis', -1), x.shape.length);
  return { axis, length: size(x.shape.slice(axis)) };
}

/** Also gives mean and 1 / deviation, in the type that `stash_type` says. */
const layerNormalization: Compute = (context) => {
  const [x, scale, bias] = [required(context, 0), required(context, 1), context.inputs[2]];
  const { axis, length } = rowsFrom(context, x);
  const { y, mean, inverse } = normalisedRows(x, length, epsilonOf(context));
  const product = stretched(y, scale, 'Scale', times);
  const result = narrow(bias ? stretched(product, bias, 'B', plus) : product, x.dtype);
  if (context.outputCount < 2) return [result];
  const stash = dtypeOf(context.attributes.int('stash_type', 1), 'stash_type');
  const shape = x.shape.map((dim, i) => (i < axis ? dim : 1));
  return [result, ...[mean, inverse].map((data) => narrow({ shape, data: size(shape) === data.length ? data : new Float64Array(size(shape)).fill(NaN) }, stash))];
};

const rmsNormalization: Compute = (context) => {
  const [x, scale] = [required(context, 0), required(context, 1)];
  const { y } = normalisedRows(x, rowsFrom(context, x).length, epsilonOf(context), false);
  return [narrow(stretched(y, scale, 'scale', times), x.dtype)];
};

/** Over channels near by (Krizhevsky et al. 2012); an even window reaches further on than back. */
const lrn: Compute = (context) => {
  const x = required(context, 0);
  const { attributes } = context;
  const [length, alpha, beta, bias] = [attributes.int('size'), attributes.float('alpha', 1e-4), attributes.float('beta', 0.75), attributes.float('bias', 1)];
  if (!(length >= 1)) wrong('size', 'at least 1', String(length), { as: FormatError });
  const [channels, inner] = [x.shape[1] ?? 1, size(x.shape.slice(2))];
  const [back, on] = [Math.floor((length - 1) / 2), Math.ceil((length - 1) / 2)];
  const data = allocate(x.dtype, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const c = Math.floor(i / inner) % channels;
    const last = Math.min(channels - 1, c + on);
    let sum = 0;
    for (let k = Math.max(0, c - back); k <= last; k++) sum += x.data[i + (k - c) * inner]! ** 2;
    data[i] = x.data[i]! / (bias + (alpha / length) * sum) ** beta;
  }
  return [rounded({ ...x, data })];
};

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function deviation(values: Float64Array): number {
  const middle = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - middle) ** 2;
  return Math.sqrt(squares / values.length);
}

const meanVarianceNormalization: Compute = (context) => {
  const x = required(context, 0);
  const axes = context.attributes.ints('axes', [0, 2, 3]).map((axis) => axisOf(axis, x.shape.length));
  const centred = combine(x, reduced(wide(x), axes, true, mean), 'float64', (a, b) => a - b);
  const spread = reduced(wide(x), axes, true, deviation);
  return [narrow(combine(centred, spread, 'float64', (a, b) => a / (b + 1e-9)), x.dtype)];
};

function length1(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum;
}

function length2(values: Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}

/** Divided by its length along an axis; what has none stays 0. */
const lpNormalization: Compute = (context) => {
  const x = required(context, 0);
  const p = context.attributes.int('p', 2);
  if (p !== 1 && p !== 2) wrong('p', '1 or 2', String(p), { as: FormatError });
  const axis = axisOf(context.attributes.int('axis', -1), x.shape.length);
  const lengths = reduced(wide(x), [axis], true, p === 1 ? length1 : length2);
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
