import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { groupNormOp } from './op.js';

const GROUP_NORM = optionNames<NonNullable<Parameters<typeof groupNorm>[2]>>({ name: true, eps: true });

/**
 * Each group of channels of each image brought to mean 0 and variance 1 over all its pixels, times `weight`, plus `bias`, for maps
 * [N, channels, H, W] (Wu and He 2018, arXiv 1803.08494). Parameters: `weight` and `bias`, each [channels]. As many groups as channels
 * are instance normalisation. `eps`, added to the variance, is 1e-5 unless given.
 * @throws ArgumentError for groups or channels that are no whole number from 1 on, or an `eps` that is not finite; ShapeError for groups that do not divide the channels
 */
export function groupNorm(groups: number, channels: number, options: NameOption & { readonly eps?: number | undefined } = {}): Layer {
  const make = ({ eps = 1e-5 }: typeof options): Op => groupNormOp({ channels, groups, eps });
  return leaf('groupNorm', options, { known: GROUP_NORM, first: groups, make, inputShape: [null, channels, null, null] });
}
