import { ShapeError } from '../../base/errors.js';
import * as steps from '../../contract/steps.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import type { EmitContext } from '../../graph/op.js';
import { whole } from '../common.js';
import { ROWS } from '../layout.js';

export type ReshapeAttrs = { readonly shape: readonly number[] };

/** The same elements, row-major, under another shape. */
export const reshapeOp = defineOp<ReshapeAttrs>('Reshape', ({ shape }) => {
  shape.forEach((dim) => whole('dimension', dim, 1));
  return {
    effect: { kind: 'reshape' },
    probabilities: 'kept',
    infer([input = []]) {
      if (count(input) === count(shape) || input.includes(null)) return [shape];
      throw new ShapeError(`${showShape(input)} does not have as many elements as ${showShape(shape)}`, {
        expected: showShape(shape),
        got: showShape(input),
      });
    },
    layouts: ROWS,
    emit: copy,
  };
});

export type MapLayoutAttrs = { readonly to: 'nchw' | 'nhwc' };

/**
 * A map with its channels moved last ([N, C, H, W] to [N, H, W, C]) or second again. Maps lie channels-last in the engine, so
 * that one of the two directions moves nothing.
 */
export const mapLayoutOp = defineOp<MapLayoutAttrs>('MapLayout', ({ to }) => ({
  effect: { kind: 'move', to },
  probabilities: 'kept',
  infer([input = []]) {
    const order = to === 'nhwc' ? [0, 2, 3, 1] : [0, 3, 1, 2];
    return [order.map((axis) => input[axis] ?? null)];
  },
  layouts: to === 'nhwc' ? { reads: 'nhwc', writes: 'plain' } : { reads: 'plain', writes: 'nhwc' },
  emit: copy,
}));

/** The elements as they lie, under another shape or none. */
export function copy(context: EmitContext): void {
  const [x, y] = [context.input(0), context.output()];
  context.step(steps.unary({ x: x.id, y: y.id, len: count(y.shape) }));
}
