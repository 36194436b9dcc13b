import { ArgumentError } from '../base/errors.js';
import type { Op } from '../graph/op.js';
import { axisIndex, finite } from '../ops/common.js';
import { addOp, concatOp, mulOp } from '../ops/combine/op.js';
import { flattenOp, identityOp } from '../ops/flatten/op.js';
import { batchNorm2dOp, localResponseNormOp } from '../ops/norm/op.js';
import { groupNormOp } from '../ops/group-norm/op.js';
import { padOp } from '../ops/pad/op.js';
import type { PadMode } from '../ops/pad/op.js';
export type { PadMode } from '../ops/pad/op.js';
import { upsampleOp } from '../ops/upsample/op.js';
import { optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { leaf, NAME_OPTION } from './layer.js';
import type { Layer, NameOption } from './layer.js';
import { apply, describing, isValue } from './value.js';
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
 * @throws ShapeError where other dimensions differ, or there is no such `dim`; ArgumentError for no values
 */
export function cat(values: readonly Value[], dim = 1): Value {
  if (!Array.isArray(values) || values.length === 0) {
    const got = Array.isArray(values) ? 'none' : isValue(values) ? 'one value' : showValue(values);
    throw new ArgumentError(`cat: expected a list of values, got ${got}`, { place: 'cat', expected: 'a list of values', got });
  }
  return apply(describing('cat', () => concatOp({ dim: axisIndex('dim', dim) })), values, {}, undefined);
}

/** Constants of a BatchNorm. */
export interface BatchNorm2dOptions extends NameOption {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Weight of a new batch in the running statistics while it is trained. Default 0.1. */
  readonly momentum?: number | undefined;
}

const BATCH_NORM2D = optionNames<BatchNorm2dOptions>({ name: true, eps: true, momentum: true });

/**
 * y = (x - running_mean) / sqrt(running_var + eps) * weight + bias, for each channel of [N, channels, H, W]. Parameters:
 * `weight`, `bias`, `running_mean` and `running_var`, each [channels]. While it is trained, mean and variance are those of the batch.
 * @throws ArgumentError for numbers that have no meaning
 */
export function batchNorm2d(channels: number, options: BatchNorm2dOptions = {}): Layer {
  const make = ({ eps = 1e-5, momentum }: BatchNorm2dOptions): Op => batchNorm2dOp({ channels, eps, ...(momentum !== undefined && { momentum }) });
  return leaf('batchNorm2d', options, { known: BATCH_NORM2D, first: channels, make, inputShape: [null, channels, null, null] });
}

const GROUP_NORM = optionNames<NonNullable<Parameters<typeof groupNorm>[2]>>({ name: true, eps: true });

/**
 * Each of `groups` groups of channels of each image brought to mean 0 and variance 1 over all its pixels, then `weight` * x + `bias` for
 * each channel (Wu and He 2018, arXiv 1803.08494): [N, channels, H, W]. With a group for each channel it is instance normalisation.
 * @throws ShapeError for channels that do not divide; ArgumentError for numbers that have no meaning
 */
export function groupNorm(groups: number, channels: number, options: NameOption & { readonly eps?: number | undefined } = {}): Layer {
  const make = ({ eps = 1e-5 }: typeof options): Op => groupNormOp({ channels, groups, eps });
  return leaf('groupNorm', options, { known: GROUP_NORM, first: groups, make, inputShape: [null, channels, null, null] });
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

const LOCAL_RESPONSE_NORM = optionNames<LocalResponseNormOptions>({ name: true, alpha: true, beta: true, k: true });

/**
 * x / (k + alpha / size * sum of squares over `size` channels around it) ^ beta, for maps [N, C, H, W].
 * @throws ArgumentError for numbers that have no meaning
 */
export function localResponseNorm(size: number, options: LocalResponseNormOptions = {}): Layer {
  const make = ({ alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions): Op => localResponseNormOp({ size, alpha, beta, k });
  return leaf('localResponseNorm', options, { known: LOCAL_RESPONSE_NORM, first: size, make });
}

/**
 * Dimensions from `startDim` to `endDim` made one: [N, C, H, W] to [N, C * H * W].
 * @param startDim - counted from the end if negative
 * @param endDim - likewise; it is part of what is made one
 * @throws ArgumentError for what is no whole number
 */
export function flatten(startDim = 1, endDim = -1, options: NameOption = {}): Layer {
  const make = (): Op => flattenOp({ startDim: axisIndex('startDim', startDim), endDim: axisIndex('endDim', endDim) });
  return leaf('flatten', options, { known: NAME_OPTION, first: startDim, make });
}

const PAD = optionNames<NonNullable<Parameters<typeof pad>[1]>>({ name: true, mode: true, value: true });

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
  const make = ({ mode = 'constant', value = 0 }: typeof options): Op => {
    const amounts: readonly number[] = Array.isArray(padding) ? Array.from(padding as readonly number[]) : Array<number>(4).fill(padding as number);
    return padOp({ padding: amounts, mode, value: value === Number.NEGATIVE_INFINITY ? null : value });
  };
  return leaf('pad', options, { known: PAD, first: padding, make });
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

const UPSAMPLE = optionNames<UpsampleOptions>({ name: true, size: true, scaleFactor: true, mode: true, alignCorners: 'boolean' });

/**
 * Maps of another size, [N, C, H, W] to [N, C, OH, OW]: to `size`, or by `scaleFactor`.
 * @throws ArgumentError for both or none of them, or numbers that have no meaning
 */
export function upsample(options: UpsampleOptions): Layer {
  const make = ({ size, scaleFactor, mode = 'nearest', alignCorners = false }: UpsampleOptions): Op =>
    upsampleOp({
      size: size === undefined ? null : pair('size', size),
      scale: scaleFactor === undefined ? null : pair('scaleFactor', scaleFactor),
      mode,
      alignCorners,
    });
  return leaf('upsample', options ?? {}, { known: UPSAMPLE, make });
}

/**
 * Its input: it does nothing at inference, and is there so that networks can be written as they were trained.
 * @throws ArgumentError for a probability that is no number
 */
export function dropout(probability = 0.5, options: NameOption = {}): Layer {
  const make = (): Op => {
    finite('probability', probability);
    return identityOp({ name: 'Dropout', drop: probability });
  };
  return leaf('dropout', options, { known: NAME_OPTION, first: probability, make });
}

/** Its input. */
export function identity(options: NameOption = {}): Layer {
  return leaf('identity', options, { known: NAME_OPTION, make: () => identityOp({ name: 'Identity' }) });
}
