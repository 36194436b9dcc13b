import { ArgumentError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { apply, describing, isValue } from '../../layers/value.js';
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
    const got = Array.isArray(values) ? 'none' : isValue(values) ? 'one value' : showValue(values);
    throw new ArgumentError(`cat: expected a list of values, got ${got}`, { place: 'cat', expected: 'a list of values', got });
  }
  return apply(describing('cat', () => concatOp({ dim: axisIndex('dim', dim) })), values, {}, undefined);
}
