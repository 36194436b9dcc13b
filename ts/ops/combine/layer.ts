import { wrong } from '../../base/wrong.js';
import { showValue } from '../../base/show.js';
import { apply, isValue } from '../../layers/value.js';
import { placing } from '../../base/errors.js';
import type { Value } from '../../layers/value.js';
import { axisIndex } from '../common.js';
import { addOp, concatOp, mulOp } from './op.js';

/** a + b, broadcasting as NumPy does. @throws ShapeError for shapes that do not fit each other */
export function add(a: Value, b: Value): Value {
  return apply(addOp({}), [a, b], {}, undefined);
}

/** a * b, broadcasting as NumPy does. @throws ShapeError for shapes that do not fit each other */
export function mul(a: Value, b: Value): Value {
  return apply(mulOp({}), [a, b], {}, undefined);
}

/**
 * Values behind each other along `dim`: [N, C1, H, W] and [N, C2, H, W] to [N, C1 + C2, H, W].
 * @param dim - counted from the end if negative
 * @throws ShapeError where other dimensions differ, or there is no such `dim`; ArgumentError for no values
 */
export function cat(values: readonly Value[], dim = 1): Value {
  if (!Array.isArray(values) || values.length === 0) {
    wrong('cat', 'a list of values', Array.isArray(values) ? 'none' : isValue(values) ? 'one value' : showValue(values));
  }
  return apply(placing('cat', () => concatOp({ dim: axisIndex('dim', dim) })), values, {}, undefined);
}
