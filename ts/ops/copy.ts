import * as steps from '../contract/steps.js';
import { count } from '../graph/op.js';
import type { EmitContext } from '../graph/op.js';

/** The elements as they lie, under another shape or none. */
export function copy(context: EmitContext): void {
  const [x, y] = [context.input(0), context.output()];
  context.step(steps.unary({ x: x.id, y: y.id, len: count(y.shape) }));
}
