import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { layerScaleOp } from './op.js';

const LAYER_SCALE = optionNames<NonNullable<Parameters<typeof layerScale>[1]>>({ name: true, initial: true });

/**
 * Each channel of [N, channels, H, W] times a learnt factor (Touvron et al. 2021, arXiv 2103.17239). The parameter, [channels, 1, 1], has the
 * name of the layer itself, as a parameter of a module has in PyTorch. `initial` is what it begins with, 1e-6 unless given.
 * @throws ArgumentError for numbers that have no meaning; ShapeError where the channels are others
 */
export function layerScale(channels: number, options: NameOption & { readonly initial?: number | undefined } = {}): Layer {
  const make = ({ initial = 1e-6 }: typeof options): Op => layerScaleOp({ channels, initial });
  return leaf('layerScale', options, { known: LAYER_SCALE, first: channels, make, inputShape: [null, channels, null, null] });
}
