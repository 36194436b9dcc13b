import { apply } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { addOp } from './op.js';

/**
 * Sum a + b, broadcast as NumPy does: [N, C, H, W] and [C, 1, 1] to [N, C, H, W].
 * @throws ShapeError for shapes that do not fit each other; GraphError for what is no value
 */
export function add(a: Value, b: Value): Value {
  return apply(addOp({}), [a, b], {}, undefined);
}
