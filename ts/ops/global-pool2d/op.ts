import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import { mapOf } from '../common.js';
import { MAPS } from '../layout.js';

export type GlobalPool2dAttrs = { readonly kind: 'max' | 'avg' };

/** The largest or the mean of each whole map: [N, C, H, W] to [N, C, 1, 1]. */
export const globalPool2dOp = defineOp<GlobalPool2dAttrs>('GlobalPool2d', ({ kind }) => ({
  probabilities: 'kept',
  reach: 'global',
  infer(inputs) {
    const [n = null, c = null] = mapOf(inputs);
    return [[n, c, 1, 1]];
  },
  layouts: MAPS,
  emit(context) {
    const [x, y] = [context.input(0), context.output()];
    const [n = 0, c = 0, h = 0, w = 0] = x.shape;
    context.step(steps.globalPool2d({ x: x.id, y: y.id, kind, n, hw: h * w, c }));
  },
}));
