import { defineOp } from '../../graph/op.js';
import { copy } from '../copy.js';

export type MapLayoutAttrs = { readonly to: 'nchw' | 'nhwc' };

/**
 * A map with its channels moved last ([N, C, H, W] to [N, H, W, C]) or second again. Maps lie channels-last in the engine, so
 * that one of the two directions moves nothing.
 */
export const mapLayoutOp = defineOp<MapLayoutAttrs>('MapLayout', ({ to }) => ({
  effect: { kind: 'move', to },
  probabilities: 'kept',
  reach: 'unknown',
  infer([input = []]) {
    const order = to === 'nhwc' ? [0, 2, 3, 1] : [0, 3, 1, 2];
    return [order.map((axis) => input[axis] ?? null)];
  },
  layouts: to === 'nhwc' ? { reads: 'nhwc', writes: 'plain' } : { reads: 'plain', writes: 'nhwc' },
  emit: copy,
}));
