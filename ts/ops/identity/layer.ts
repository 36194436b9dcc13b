import type { Op } from '../../graph/op.js';
import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { finite } from '../common.js';
import { identityOp } from './op.js';

/**
 * Its input: it does nothing at inference, and is there so that networks can be written as they were trained.
 * @throws ArgumentError for a probability that is no number
 */
export function dropout(probability = 0.5, options: NameOption = {}): Layer {
  const make = (): Op => {
    finite('probability', probability);
    return identityOp({ name: 'Dropout' });
  };
  return leaf('dropout', options, { known: NAME_OPTION, first: probability, make });
}

/** Its input. */
export function identity(options: NameOption = {}): Layer {
  return leaf('identity', options, { known: NAME_OPTION, make: () => identityOp({ name: 'Identity' }) });
}
