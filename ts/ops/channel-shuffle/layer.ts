import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { channelShuffleOp } from './op.js';

/**
 * Channels of `groups` groups dealt out in turn, as PyTorch's ChannelShuffle: of [N, C, H, W], channel g * (C / groups) + i becomes
 * i * groups + g, so that the next grouped convolution sees all groups (Zhang et al. 2017, arXiv 1707.01083).
 * @throws ArgumentError for a number of groups that is none; ShapeError for channels that do not divide
 */
export function channelShuffle(groups: number, options: NameOption = {}): Layer {
  return leaf('channelShuffle', options, { known: NAME_OPTION, first: groups, make: () => channelShuffleOp({ groups }) });
}
