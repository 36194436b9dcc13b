import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { layerNormOp } from './op.js';

/** Constants of a layer normalisation. */
export interface LayerNormOptions extends NameOption {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

const LAYER_NORM = optionNames<LayerNormOptions>({ name: true, eps: true });

/**
 * Each row of [..., features] brought to mean 0 and variance 1, times `weight`, plus `bias` (Ba et al. 2016, arXiv 1607.06450).
 * Parameters: `weight` and `bias`, each [features].
 * @throws ArgumentError for features that are no whole number from 1 on, or an `eps` that is not finite; ShapeError, when it is called, where
 *   the features are others
 */
export function layerNorm(features: number, options: LayerNormOptions = {}): Layer {
  const make = ({ eps = 1e-5 }: LayerNormOptions): Op => layerNormOp({ features, eps, over: 'last' });
  return leaf('layerNorm', options, { known: LAYER_NORM, first: features, make });
}

/**
 * The channels of each pixel of [N, channels, H, W] brought to mean 0 and variance 1, times `weight`, plus `bias`, as torchvision's
 * LayerNorm2d (Liu et al. 2022, arXiv 2201.03545). Parameters: `weight` and `bias`, each [channels].
 * @throws as `layerNorm`
 */
export function layerNorm2d(channels: number, options: LayerNormOptions = {}): Layer {
  const make = ({ eps = 1e-5 }: LayerNormOptions): Op => layerNormOp({ features: channels, eps, over: 'channels' });
  return leaf('layerNorm2d', options, { known: LAYER_NORM, first: channels, make, inputShape: [null, channels, null, null] });
}
