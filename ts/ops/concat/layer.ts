import { placing } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { apply, isValue } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { axisIndex } from '../common.js';
import { concatOp } from './op.js';

/**
 * Values behind each other along `dim`: [N, C1, H, W] and [N, C2, H, W] to [N, C1 + C2, H, W].
 * @param dim - counted from the end if negative
 * @throws ShapeError where other dimensions differ, or there is no such `dim`; ArgumentError for no values, or a `dim` that is no whole number; GraphError for
 *   what is no value
 */
export function cat(values: readonly Value[], dim = 1): Value {
  if (!Array.isArray(values) || values.length === 0) {
    wrong('cat', 'a list of values', Array.isArray(values) ? 'none' : isValue(values) ? 'one value' : showValue(values));
  }
  return apply(placing('cat', () => concatOp({ dim: axisIndex('dim', dim) })), values, {}, undefined);
}
