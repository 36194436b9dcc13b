import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { pixelShuffleOp } from './op.js';

function shuffle(what: string, factor: number, inverse: boolean, options: NameOption): Layer {
  return leaf(what, options, { known: NAME_OPTION, first: factor, make: () => pixelShuffleOp({ factor, blockFirst: false, inverse }) });
}

/**
 * Channels made blocks of pixels, as PyTorch's PixelShuffle: [N, C * factor^2, H, W] to [N, C, H * factor, W * factor] (Shi et al.
 * 2016, arXiv 1609.05158).
 * @param factor - side of a block, in pixels
 * @throws ArgumentError for a factor that is no whole number of at least 1; ShapeError, when it is called, for channels that do not divide
 */
export const pixelShuffle = (factor: number, options: NameOption = {}): Layer => shuffle('pixelShuffle', factor, false, options);

/**
 * Blocks of pixels made channels, as PyTorch's PixelUnshuffle: [N, C, H * factor, W * factor] to [N, C * factor^2, H, W].
 * @param factor - side of a block, in pixels
 * @throws ArgumentError for a factor that is no whole number of at least 1; ShapeError, when it is called, for sides that do not divide
 */
export const pixelUnshuffle = (factor: number, options: NameOption = {}): Layer => shuffle('pixelUnshuffle', factor, true, options);
