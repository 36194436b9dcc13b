import { apply } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { addOp } from './op.js';

/** Sum a + b, broadcast as NumPy does. @throws ShapeError for shapes that do not fit each other */
export function add(a: Value, b: Value): Value {
  return apply(addOp({}), [a, b], {}, undefined);
}
