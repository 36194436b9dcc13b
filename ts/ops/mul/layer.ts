import { apply } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { mulOp } from './op.js';

/** Product a * b, broadcast as NumPy does. @throws ShapeError for shapes that do not fit each other */
export function mul(a: Value, b: Value): Value {
  return apply(mulOp({}), [a, b], {}, undefined);
}
