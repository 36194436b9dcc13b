import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { axisIndex } from '../common.js';
import { softmaxOp } from './op.js';

/**
 * exp(x) / sum(exp(x)) along `dim`: numbers from 0 to 1 that sum to 1.
 * @param dim - counted from the end if negative
 * @throws ArgumentError for what is no whole number
 */
export function softmax(dim = 1, options: NameOption = {}): Layer {
  return leaf('softmax', options, { known: NAME_OPTION, first: dim, make: () => softmaxOp({ dim: axisIndex('dim', dim), log: false }) });
}

/**
 * log(softmax(x)) along `dim`.
 * @param dim - counted from the end if negative
 * @throws ArgumentError for what is no whole number
 */
export function logSoftmax(dim = 1, options: NameOption = {}): Layer {
  return leaf('logSoftmax', options, { known: NAME_OPTION, first: dim, make: () => softmaxOp({ dim: axisIndex('dim', dim), log: true }) });
}
