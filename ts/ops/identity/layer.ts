import type { Op } from '../../graph/op.js';
import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { share } from '../common.js';
import { identityOp } from './op.js';

/**
 * Its input at inference; the shape stays. While it is trained, elements become 0 with this probability and the others grow to make up for it
 * (Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting").
 * @param probability - 0 to 1
 * @throws ArgumentError for what is no such number
 */
export function dropout(probability = 0.5, options: NameOption = {}): Layer {
  const make = (): Op => {
    share('probability', probability);
    return identityOp({ name: 'Dropout', drop: probability });
  };
  return leaf('dropout', options, { known: NAME_OPTION, first: probability, make });
}

/**
 * Its input at inference. While it is trained, whole images [N, ...] become 0 with this probability and the others grow to make up for it:
 * before the sum of a residual block, the block is left out for them (Huang et al. 2016, arXiv 1603.09382).
 * @param probability - 0 to 1
 * @throws ArgumentError for what is no such number
 */
export function stochasticDepth(probability: number, options: NameOption = {}): Layer {
  const make = (): Op => identityOp({ name: 'StochasticDepth', drop: share('probability', probability), perImage: true });
  return leaf('stochasticDepth', options, { known: NAME_OPTION, first: probability, make });
}

/** Its input, of any shape. */
export function identity(options: NameOption = {}): Layer {
  return leaf('identity', options, { known: NAME_OPTION, make: () => identityOp({ name: 'Identity' }) });
}
