import { size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { narrow, perFeature } from './parts.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext } from '../lib/op.js';

/** What is normalised together: feature number `floor(i / inner) % count` of element i. */
interface Features {
  readonly count: number;
  readonly inner: number;
}

/** Channels; or, with `spatial` 0, each element of an image on its own. A vector is one channel. */
function featuresOf({ attributes, opset }: HostContext, x: HostTensor): Features {
  if (opset < 9 && attributes.int('spatial', 1) === 0) return { count: size(x.shape.slice(1)), inner: 1 };
  return { count: x.shape[1] ?? 1, inner: size(x.shape.slice(2)) };
}

/** Before opset 14 the further outputs told whether the batch's own statistics are taken. */
function trains({ attributes, opset, outputCount }: HostContext): boolean {
  if (opset >= 14) return attributes.int('training_mode', 0) !== 0;
  return outputCount > 1 && (opset >= 7 || attributes.int('is_test', 0) === 0);
}

interface Moments {
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

function momentsOf({ data }: HostTensor, { count, inner }: Features): Moments {
  const [mean, variance] = [new Float64Array(count), new Float64Array(count)];
  const share = count / data.length;
  const featureOf = (i: number): number => Math.floor(i / inner) % count;
  for (let i = 0; i < data.length; i++) mean[featureOf(i)]! += data[i]! * share;
  for (let i = 0; i < data.length; i++) variance[featureOf(i)]! += (data[i]! - mean[featureOf(i)]!) ** 2 * share;
  return { mean, variance };
}

function normalised(x: HostTensor, { count, inner }: Features, { mean, variance }: Moments, scale: HostTensor, bias: HostTensor, epsilon: number): HostTensor {
  const inverse = Float64Array.from(variance, (v) => 1 / Math.sqrt(v + epsilon));
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < data.length; i++) {
    const f = Math.floor(i / inner) % count;
    data[i] = (x.data[i]! - mean[f]!) * inverse[f]! * scale.data[f]! + bias.data[f]!;
  }
  return narrow({ shape: x.shape, data }, x.dtype);
}

/** By the statistics that are given; in training by the batch's own, which also move the given ones (Ioffe and Szegedy 2015). */
export const batchNormalization: Compute = (context) => {
  const x = required(context, 0);
  const features = featuresOf(context, x);
  const vector = (input: number, place: string): HostTensor => perFeature(required(context, input), features.count, place);
  const [scale, bias, inputMean, inputVar] = [vector(1, 'scale'), vector(2, 'B'), vector(3, 'input_mean'), vector(4, 'input_var')];
  const epsilon = context.attributes.float('epsilon', 1e-5);
  if (!trains(context)) {
    return [normalised(x, features, { mean: inputMean.data, variance: inputVar.data }, scale, bias, epsilon)];
  }
  const moments = momentsOf(x, features);
  const momentum = context.attributes.float('momentum', 0.9);
  const moved = (old: HostTensor, now: ArrayLike<number>): HostTensor =>
    narrow({ shape: old.shape, data: Float64Array.from(old.data, (value, f) => value * momentum + now[f]! * (1 - momentum)) }, old.dtype);
  const saved = (like: HostTensor, now: ArrayLike<number>): HostTensor => narrow({ shape: like.shape, data: Float64Array.from(now) }, like.dtype);
  const outputs = [normalised(x, features, moments, scale, bias, epsilon), moved(inputMean, moments.mean), moved(inputVar, moments.variance)];
  return context.opset >= 14 ? outputs : [...outputs, saved(inputMean, moments.mean), saved(inputVar, moments.variance)];
};
