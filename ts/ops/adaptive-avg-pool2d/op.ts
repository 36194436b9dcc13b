import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import { mapOf, whole } from '../common.js';
import { MAPS } from '../layout.js';

export type AdaptiveAvgPool2dAttrs = { readonly size: readonly [number, number] };

/** Means of windows that divide the map evenly into `size`: [N, C, H, W] to [N, C, ...size]. */
export const adaptiveAvgPool2dOp = defineOp<AdaptiveAvgPool2dAttrs>('AdaptiveAvgPool2d', ({ size }) => {
  size.forEach((length) => whole('output size', length, 1));
  return {
    probabilities: 'kept',
    reach: { bins: size },
    infer(inputs) {
      const [n = null, c = null] = mapOf(inputs);
      return [[n, c, ...size]];
    },
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const [n = 0, c = 0, h = 0, w = 0] = x.shape;
      context.step(steps.adaptiveAvgPool2d({ x: x.id, y: y.id, n, c, h, w, oh: size[0], ow: size[1] }));
    },
  };
});
