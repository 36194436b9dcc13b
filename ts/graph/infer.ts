import { ReceptiveError } from '../base/errors.js';
import type { Node } from './graph.js';
import type { Shape } from '../tensor/shape.js';

/** Output shapes of a node; errors name its layer. */
export function inferAt(node: Pick<Node, 'name' | 'op'>, inputs: readonly Shape[]): Shape[] {
  try {
    return node.op.infer(inputs);
  } catch (error) {
    if (!(error instanceof ReceptiveError) || error.place !== undefined) throw error;
    const { expected, got, hint } = error;
    const Class = error.constructor as new (message: string, fields: object) => ReceptiveError;
    throw new Class(`${node.name}: ${error.message}`, { place: node.name, expected, got, hint });
  }
}
