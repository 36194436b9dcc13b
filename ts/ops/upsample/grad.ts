import * as steps from '../../contract/train/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { resizeSizes, upsampleOp } from './op.js';
import type { UpsampleAttrs } from './op.js';

/** Each output pixel's gradient goes back to the pixels that it was made of, by the same weights. */
export const upsampleRule: TrainRule<UpsampleAttrs> = {
  op: upsampleOp,
  backward(attrs, context, dy) {
    const x = context.input(0);
    const sizes = resizeSizes(attrs, x.shape, dy.shape);
    context.gradient(x, (dx) => context.step(steps.resize2dGrad({ dy: dy.id, dx: dx.id, ...sizes })));
  },
};
