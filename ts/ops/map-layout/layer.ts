import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { mapLayoutOp } from './op.js';

/** Channels moved last, as PyTorch's permute(0, 2, 3, 1): [N, C, H, W] to [N, H, W, C]. Maps lie so in memory: nothing is copied. */
export function channelsLast(options: NameOption = {}): Layer {
  return leaf('channelsLast', options, { known: NAME_OPTION, make: () => mapLayoutOp({ to: 'nhwc' }) });
}

/** Channels moved second, as PyTorch's permute(0, 3, 1, 2): [N, H, W, C] to [N, C, H, W]. */
export function channelsSecond(options: NameOption = {}): Layer {
  return leaf('channelsSecond', options, { known: NAME_OPTION, make: () => mapLayoutOp({ to: 'nchw' }) });
}
