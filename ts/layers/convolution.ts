import type { Op } from '../graph/op.js';
import { conv2dOp } from '../ops/conv2d/op.js';
import { convTranspose2dOp } from '../ops/conv-transpose2d/op.js';
import { linearOp } from '../ops/linear/op.js';
import { optionNames } from '../base/options.js';
import { leaf } from './layer.js';
import type { Layer, NameOption } from './layer.js';
import { pair, windowAttrs } from './window.js';
import type { Pair, WindowOptions } from './window.js';

/** What a convolution takes besides channels and kernel. */
export interface Conv2dOptions extends WindowOptions, NameOption {
  /** Parts of the channels that do not see each other; divides both numbers of channels. Default 1. */
  readonly groups?: number | undefined;
  /** Whether a number is added to each output channel. Default true. */
  readonly bias?: boolean | undefined;
}

const CONV2D_OPTIONS = { name: true, stride: true, padding: true, dilation: true, groups: true, bias: 'boolean' } as const;
const CONV2D = optionNames<Conv2dOptions>(CONV2D_OPTIONS);

/**
 * 2-D convolution: [N, inChannels, H, W] to [N, outChannels, OH, OW]. Parameters: `weight`
 * [outChannels, inChannels / groups, KH, KW] and `bias` [outChannels].
 * OH = floor((H + padding above and below - dilation * (KH - 1) - 1) / stride) + 1, OW likewise.
 * @param kernel - its height and width
 * @throws ArgumentError, GeometryError for numbers that have no meaning
 */
export function conv2d(inChannels: number, outChannels: number, kernel: Pair, options: Conv2dOptions = {}): Layer {
  const make = ({ groups = 1, bias = true, stride = 1, ...window }: Conv2dOptions): Op =>
    conv2dOp({ inChannels, outChannels, groups, bias, ...windowAttrs(kernel, stride, window) });
  return leaf('conv2d', options, { known: CONV2D, first: inChannels, make, inputShape: [null, inChannels, null, null] });
}

/** What a transposed convolution takes besides channels and kernel. */
export interface ConvTranspose2dOptions extends Conv2dOptions {
  /** Rows and columns added at the end of the output, less than the stride or the dilation. Default 0. */
  readonly outputPadding?: Pair | undefined;
}

const CONV_TRANSPOSE2D = optionNames<ConvTranspose2dOptions>({ ...CONV2D_OPTIONS, outputPadding: true });

/**
 * Transposed convolution: [N, inChannels, H, W] to [N, outChannels, OH, OW]. Parameters: `weight`
 * [inChannels, outChannels / groups, KH, KW] and `bias` [outChannels].
 * OH = (H - 1) * stride - padding above and below + dilation * (KH - 1) + outputPadding + 1, OW likewise.
 * @param kernel - its height and width
 * @throws ArgumentError, GeometryError for numbers that have no meaning
 */
export function convTranspose2d(
  inChannels: number,
  outChannels: number,
  kernel: Pair,
  options: ConvTranspose2dOptions = {},
): Layer {
  const make = ({ groups = 1, bias = true, stride = 1, outputPadding = 0, ...window }: ConvTranspose2dOptions): Op =>
    convTranspose2dOp({
      inChannels, outChannels, groups, bias, outputPadding: pair('outputPadding', outputPadding), ...windowAttrs(kernel, stride, window),
    });
  return leaf('convTranspose2d', options, { known: CONV_TRANSPOSE2D, first: inChannels, make, inputShape: [null, inChannels, null, null] });
}

const LINEAR = optionNames<NonNullable<Parameters<typeof linear>[2]>>({ name: true, bias: 'boolean' });

/**
 * Fully connected layer over the last dimension: [..., inFeatures] to [..., outFeatures]. Parameters: `weight`
 * [outFeatures, inFeatures] and, unless `bias` is false, `bias` [outFeatures].
 * @throws ArgumentError for numbers that are no numbers of features
 */
export function linear(
  inFeatures: number,
  outFeatures: number,
  options: NameOption & { readonly bias?: boolean | undefined } = {},
): Layer {
  const make = ({ bias = true }: typeof options): Op => linearOp({ inFeatures, outFeatures, bias });
  return leaf('linear', options, { known: LINEAR, first: inFeatures, make, inputShape: [null, inFeatures] });
}
