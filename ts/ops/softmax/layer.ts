import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { axisIndex } from '../common.js';
import { softmaxOp } from './op.js';

/**
 * exp(x) / sum(exp(x)) along `dim`: numbers from 0 to 1 that sum to 1; the shape stays.
 * @param dim - counted from the end if negative. Default 1: classes of [N, C], channels of [N, C, H, W]
 * @throws ArgumentError for what is no whole number; ShapeError, when it is called, for a dimension that is not there
 */
export function softmax(dim = 1, options: NameOption = {}): Layer {
  return leaf('softmax', options, { known: NAME_OPTION, first: dim, make: () => softmaxOp({ dim: axisIndex('dim', dim), log: false }) });
}

/**
 * log(softmax(x)) along `dim`: numbers up to 0; the shape stays.
 * @param dim - as of `softmax`
 * @throws as `softmax`
 */
export function logSoftmax(dim = 1, options: NameOption = {}): Layer {
  return leaf('logSoftmax', options, { known: NAME_OPTION, first: dim, make: () => softmaxOp({ dim: axisIndex('dim', dim), log: true }) });
}
