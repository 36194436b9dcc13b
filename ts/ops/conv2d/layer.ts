import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { CONVOLUTION_OPTIONS, windowAttrs } from '../window-options.js';
import type { Pair, WindowOptions } from '../window-options.js';
import { conv2dOp } from './op.js';

/** What a convolution takes besides channels and kernel. */
export interface Conv2dOptions extends WindowOptions, NameOption {
  /** Parts of the channels that do not see each other; divides both numbers of channels. Default 1. */
  readonly groups?: number | undefined;
  /** Whether a number is added to each output channel. Default true. */
  readonly bias?: boolean | undefined;
}

const CONV2D = optionNames<Conv2dOptions>(CONVOLUTION_OPTIONS);

/**
 * 2-D convolution: [N, inChannels, H, W] to [N, outChannels, OH, OW]. Parameters: `weight`
 * [outChannels, inChannels / groups, KH, KW] and `bias` [outChannels].
 * OH = floor((H + padding above and below - dilation * (KH - 1) - 1) / stride) + 1, OW likewise. The kernel is not
 * flipped: PyTorch's Conv2d, whose `dilation` is that of Yu and Koltun 2015, arXiv 1511.07122.
 * @param kernel - its height and width
 * @throws ArgumentError for channels that `groups` does not divide, or a number that is none; GeometryError for a window that has no meaning
 */
export function conv2d(inChannels: number, outChannels: number, kernel: Pair, options: Conv2dOptions = {}): Layer {
  const make = ({ groups = 1, bias = true, stride = 1, ...window }: Conv2dOptions): Op =>
    conv2dOp({ inChannels, outChannels, groups, bias, ...windowAttrs(kernel, stride, window) });
  return leaf('conv2d', options, { known: CONV2D, first: inChannels, make, inputShape: [null, inChannels, null, null] });
}
