import { conv2dOp } from '../graph/ops/conv2d.js';
import { convTranspose2dOp } from '../graph/ops/conv-transpose2d.js';
import { linearOp } from '../graph/ops/linear.js';
import { leaf } from './layer.js';
import type { Layer, NameOption } from './layer.js';
import { pair, windowAttrs } from './window.js';
import type { Pair, WindowOptions } from './window.js';

export interface Conv2dOptions extends WindowOptions, NameOption {
  readonly groups?: number | undefined;
  readonly bias?: boolean | undefined;
}

/**
 * 2-D convolution: [N, inChannels, H, W] to [N, outChannels, OH, OW]. Parameters: `weight`
 * [outChannels, inChannels / groups, KH, KW] and `bias` [outChannels].
 * @throws ArgumentError, GeometryError for numbers that have no meaning
 */
export function conv2d(inChannels: number, outChannels: number, kernel: Pair, options: Conv2dOptions = {}): Layer {
  const { groups = 1, bias = true, stride = 1 } = options;
  const make = () => conv2dOp({ inChannels, outChannels, groups, bias, ...windowAttrs(kernel, stride, options) });
  return leaf('conv2d', make, options, [null, inChannels, null, null]);
}

export interface ConvTranspose2dOptions extends Conv2dOptions {
  readonly outputPadding?: Pair | undefined;
}

/** Transposed convolution; `weight` is [inChannels, outChannels / groups, KH, KW]. */
export function convTranspose2d(
  inChannels: number,
  outChannels: number,
  kernel: Pair,
  options: ConvTranspose2dOptions = {},
): Layer {
  const { groups = 1, bias = true, stride = 1 } = options;
  const make = () => {
    const outputPadding = pair('outputPadding', options.outputPadding ?? 0);
    const window = windowAttrs(kernel, stride, options);
    return convTranspose2dOp({ inChannels, outChannels, groups, bias, outputPadding, ...window });
  };
  return leaf('convTranspose2d', make, options, [null, inChannels, null, null]);
}

/** Fully connected layer over the last dimension; `weight` is [outFeatures, inFeatures]. */
export function linear(
  inFeatures: number,
  outFeatures: number,
  options: NameOption & { readonly bias?: boolean | undefined } = {},
): Layer {
  const make = () => linearOp({ inFeatures, outFeatures, bias: options.bias ?? true });
  return leaf('linear', make, options, [null, inFeatures]);
}
