import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { adaptiveAvgPool2dOp } from './op.js';
import { pair } from '../window-options.js';
import type { Pair } from '../window-options.js';

/**
 * Means of windows that divide the map evenly into `size`: [N, C, H, W] to [N, C, ...size]. Row i is the mean of the rows from
 * floor(i * H / OH) up to (without) ceil((i + 1) * H / OH), columns likewise: PyTorch's AdaptiveAvgPool2d.
 * @param size - height and width of the output
 * @throws ArgumentError for a size that is no whole number from 1 on, or no pair of them
 */
export function adaptiveAvgPool2d(size: Pair, options: NameOption = {}): Layer {
  return leaf('adaptiveAvgPool2d', options, {
    known: NAME_OPTION, first: size, make: () => adaptiveAvgPool2dOp({ size: pair('size', size) }),
  });
}
