import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { localResponseNormOp } from './op.js';

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
 * x / (k + alpha / size * sum of squares over `size` channels around it) ^ beta, for maps [N, C, H, W]; the shape stays (Krizhevsky et al.
 * 2012, "ImageNet classification with deep convolutional neural networks"), as PyTorch's LocalResponseNorm.
 * @param size - channels, from 1 on
 * @throws ArgumentError for a size that is no whole number from 1 on, or constants that are not finite
 */
export function localResponseNorm(size: number, options: LocalResponseNormOptions = {}): Layer {
  const make = ({ alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions): Op => localResponseNormOp({ size, alpha, beta, k });
  return leaf('localResponseNorm', options, { known: LOCAL_RESPONSE_NORM, first: size, make });
}
