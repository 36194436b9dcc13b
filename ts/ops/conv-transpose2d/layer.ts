import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer } from '../../layers/layer.js';
import type { Conv2dOptions } from '../conv2d/layer.js';
import { CONVOLUTION_OPTIONS, pair, windowAttrs } from '../window-options.js';
import type { Pair } from '../window-options.js';
import { convTranspose2dOp } from './op.js';

/** What a transposed convolution takes besides channels and kernel. */
export interface ConvTranspose2dOptions extends Conv2dOptions {
  /** Rows and columns added at the end of the output, less than the stride or the dilation. Default 0. */
  readonly outputPadding?: Pair | undefined;
}

const CONV_TRANSPOSE2D = optionNames<ConvTranspose2dOptions>({ ...CONVOLUTION_OPTIONS, outputPadding: true });

/**
 * Transposed convolution: [N, inChannels, H, W] to [N, outChannels, OH, OW]. Parameters: `weight`
 * [inChannels, outChannels / groups, KH, KW] and `bias` [outChannels].
 * OH = (H - 1) * stride - padding above and below + dilation * (KH - 1) + outputPadding + 1, OW likewise.
 * It is the transpose of the convolution with the same window (Dumoulin and Visin 2016, arXiv 1603.07285): PyTorch's ConvTranspose2d.
 * @param kernel - its height and width
 * @throws ArgumentError for channels that `groups` does not divide, or a number that is none; GeometryError for a window that has no meaning
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
