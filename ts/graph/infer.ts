import { placing } from '../base/errors.js';
import type { Node } from './graph.js';
import type { Shape } from '../tensor/shape.js';

/** Output shapes of a node; errors name its layer. */
export function inferAt(node: Pick<Node, 'name' | 'op'>, inputs: readonly Shape[]): Shape[] {
  return placing(node.name, () => node.op.infer(inputs));
}
