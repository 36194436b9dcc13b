import { apply } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { mulOp } from './op.js';

/**
 * Product a * b, broadcast as NumPy does: [N, C, H, W] and [N, C, 1, 1] to [N, C, H, W].
 * @throws ShapeError for shapes that do not fit each other; GraphError for what is no value
 */
export function mul(a: Value, b: Value): Value {
  return apply(mulOp({}), [a, b], {}, undefined);
}
