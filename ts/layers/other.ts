import { addOp, concatOp, mulOp } from '../graph/ops/combine.js';
import { flattenOp, identityOp } from '../graph/ops/flatten.js';
import { batchNorm2dOp, localResponseNormOp } from '../graph/ops/norm.js';
import { padOp } from '../graph/ops/pad.js';
import type { PadMode } from '../graph/ops/pad.js';
export type { PadMode } from '../graph/ops/pad.js';
import { upsampleOp } from '../graph/ops/upsample.js';
import { leaf } from './layer.js';
import type { Layer, NameOption } from './layer.js';
import { apply, describing } from './value.js';
import type { Value } from './value.js';
import { pair } from './window.js';
import type { Pair } from './window.js';

/** a + b, broadcasting as NumPy does. @throws ShapeError for shapes that do not fit each other */
export function add(a: Value, b: Value): Value {
  return apply(addOp({}), [a, b], {}, undefined);
}

/** a * b, broadcasting as NumPy does. @throws ShapeError for shapes that do not fit each other */
export function mul(a: Value, b: Value): Value {
  return apply(mulOp({}), [a, b], {}, undefined);
}

/**
 * Values behind each other along `dim`: [N, C1, H, W] and [N, C2, H, W] to [N, C1 + C2, H, W].
 * @param dim - counted from the end if negative
 * @throws ShapeError where other dimensions differ, or there is no such `dim`
 */
export function cat(values: readonly Value[], dim = 1): Value {
  return apply(describing('cat', () => concatOp({ dim })), values, {}, undefined);
}

/**
 * y = (x - running_mean) / sqrt(running_var + eps) * weight + bias, for each channel of [N, channels, H, W]. Parameters:
 * `weight`, `bias`, `running_mean` and `running_var`, each [channels]. `eps` is 1e-5 unless given.
 * @throws ArgumentError for numbers that have no meaning
 */
export function batchNorm2d(channels: number, options: NameOption & { readonly eps?: number | undefined } = {}): Layer {
  const make = () => batchNorm2dOp({ channels, eps: options.eps ?? 1e-5 });
  return leaf('batchNorm2d', make, options, [null, channels, null, null]);
}

/** Constants of a local response normalisation. */
export interface LocalResponseNormOptions extends NameOption {
  /** Factor of the sum of squares. Default 1e-4. */
  readonly alpha?: number | undefined;
  /** Exponent. Default 0.75. */
  readonly beta?: number | undefined;
  /** What is added before the power is taken. Default 1. */
  readonly k?: number | undefined;
}

/**
 * x / (k + alpha / size * sum of squares over `size` channels around it) ^ beta, for maps [N, C, H, W].
 * @throws ArgumentError for numbers that have no meaning
 */
export function localResponseNorm(size: number, options: LocalResponseNormOptions = {}): Layer {
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  return leaf('localResponseNorm', () => localResponseNormOp({ size, alpha, beta, k }), options);
}

/**
 * Dimensions from `startDim` to `endDim` made one: [N, C, H, W] to [N, C * H * W].
 * @param startDim - counted from the end if negative
 * @param endDim - likewise; it is part of what is made one
 */
export function flatten(startDim = 1, endDim = -1, options: NameOption = {}): Layer {
  return leaf('flatten', () => flattenOp({ startDim, endDim }), options);
}

/**
 * Elements around the last dimensions: copies of `value` (0 unless given), or with `mode` of what is inside.
 * @param padding - [left, right, top, bottom], last dimension first, as PyTorch's; a number for all four sides of maps
 * @throws ArgumentError for amounts that are none; ShapeError for more of them than dimensions; GeometryError where what is
 *   inside is too small for the mode
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

/** Either `size` or `scaleFactor`, and how what lies between is filled in. */
export interface UpsampleOptions extends NameOption {
  /** Height and width of the output. */
  readonly size?: Pair | undefined;
  /** Output size over input size; the product is rounded down. */
  readonly scaleFactor?: Pair | undefined;
  /** Default `nearest`. */
  readonly mode?: 'nearest' | 'bilinear' | undefined;
  /** Whether `bilinear` puts the centres of corner elements upon each other, rather than the corners. Default false. */
  readonly alignCorners?: boolean | undefined;
}

/**
 * Maps of another size, [N, C, H, W] to [N, C, OH, OW]: to `size`, or by `scaleFactor`.
 * @throws ArgumentError for both or none of them, or numbers that have no meaning
 */
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

/** Its input: it does nothing at inference, and is there so that networks can be written as they were trained. */
export function dropout(_probability = 0.5, options: NameOption = {}): Layer {
  return leaf('dropout', () => identityOp({ name: 'Dropout' }), options);
}

/** Its input. */
export function identity(options: NameOption = {}): Layer {
  return leaf('identity', () => identityOp({ name: 'Identity' }), options);
}
