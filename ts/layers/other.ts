import { addOp, concatOp, mulOp } from '../graph/ops/combine.js';
import { flattenOp, identityOp } from '../graph/ops/flatten.js';
import { batchNorm2dOp, localResponseNormOp } from '../graph/ops/norm.js';
import { padOp } from '../graph/ops/pad.js';
import type { PadMode } from '../graph/ops/pad.js';
import { upsampleOp } from '../graph/ops/upsample.js';
import { leaf } from './layer.js';
import type { Layer, NameOption } from './layer.js';
import { apply, describing } from './value.js';
import type { Value } from './value.js';
import { pair } from './window.js';
import type { Pair } from './window.js';

/** a + b, broadcasting as NumPy does. */
export function add(a: Value, b: Value): Value {
  return apply(addOp({}), [a, b], {}, undefined);
}

/** a * b, broadcasting as NumPy does. */
export function mul(a: Value, b: Value): Value {
  return apply(mulOp({}), [a, b], {}, undefined);
}

/** Values behind each other along `dim`. */
export function cat(values: readonly Value[], dim = 1): Value {
  return apply(describing('cat', () => concatOp({ dim })), values, {}, undefined);
}

/** y = (x - running_mean) / sqrt(running_var + eps) * weight + bias, for each channel */
export function batchNorm2d(channels: number, options: NameOption & { readonly eps?: number | undefined } = {}): Layer {
  const make = () => batchNorm2dOp({ channels, eps: options.eps ?? 1e-5 });
  return leaf('batchNorm2d', make, options, [null, channels, null, null]);
}

export interface LocalResponseNormOptions extends NameOption {
  readonly alpha?: number | undefined;
  readonly beta?: number | undefined;
  readonly k?: number | undefined;
}

/** x / (k + alpha / size * sum of squares over `size` channels) ^ beta */
export function localResponseNorm(size: number, options: LocalResponseNormOptions = {}): Layer {
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  return leaf('localResponseNorm', () => localResponseNormOp({ size, alpha, beta, k }), options);
}

/** Dimensions from `startDim` on made one: [N, C, H, W] to [N, C * H * W]. */
export function flatten(startDim = 1, endDim = -1, options: NameOption = {}): Layer {
  return leaf('flatten', () => flattenOp({ startDim, endDim }), options);
}

/**
 * Elements around the last dimensions.
 * @param padding - [left, right, top, bottom], last dimension first, as PyTorch's; a number for all four sides of maps
 */
export function pad(
  padding: number | readonly number[],
  options: NameOption & { readonly mode?: PadMode | undefined; readonly value?: number | undefined } = {},
): Layer {
  const { mode = 'constant', value = 0 } = options;
  const amounts = typeof padding === 'number' ? [padding, padding, padding, padding] : [...padding];
  const make = () => padOp({ padding: amounts, mode, value: value === Number.NEGATIVE_INFINITY ? null : value });
  return leaf('pad', make, options);
}

export interface UpsampleOptions extends NameOption {
  readonly size?: Pair | undefined;
  readonly scaleFactor?: Pair | undefined;
  readonly mode?: 'nearest' | 'bilinear' | undefined;
  readonly alignCorners?: boolean | undefined;
}

/** Maps of another size: to `size`, or by `scaleFactor`. */
export function upsample(options: UpsampleOptions): Layer {
  const { size, scaleFactor, mode = 'nearest', alignCorners = false } = options;
  const make = () =>
    upsampleOp({
      size: size === undefined ? null : pair('size', size),
      scale: scaleFactor === undefined ? null : pair('scaleFactor', scaleFactor),
      mode,
      alignCorners,
    });
  return leaf('upsample', make, options);
}

/** Nothing at inference. */
export function dropout(_probability = 0.5, options: NameOption = {}): Layer {
  return leaf('dropout', () => identityOp({ name: 'Dropout' }), options);
}

/** Its input. */
export function identity(options: NameOption = {}): Layer {
  return leaf('identity', () => identityOp({ name: 'Identity' }), options);
}
