import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { preluOp } from './op.js';

/**
 * Leaky ReLU whose slopes are parameters: `weight` [slopes]; the shape stays (He et al. 2015, arXiv 1502.01852).
 * @param slopes - 1, or the number of channels for one each
 * @throws ArgumentError for slopes that are no whole number from 1 on; ShapeError, when it is called, where the channels are others
 */
export function prelu(slopes = 1, options: NameOption = {}): Layer {
  return leaf('prelu', options, { known: NAME_OPTION, first: slopes, make: () => preluOp({ slopes }) });
}
