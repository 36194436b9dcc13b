import * as steps from '../../contract/train/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { adaptiveAvgPool2dOp } from './op.js';
import type { AdaptiveAvgPool2dAttrs } from './op.js';

/** The same over windows that divide a map. */
export const adaptiveAvgPool2dRule: TrainRule<AdaptiveAvgPool2dAttrs> = {
  op: adaptiveAvgPool2dOp,
  backward({ size: [oh, ow] }, context, dy) {
    const x = context.input(0);
    const [n = 0, c = 0, h = 0, w = 0] = x.shape;
    context.gradient(x, (dx) => context.step(steps.adaptiveAvgPool2dGrad({ dy: dy.id, dx: dx.id, n, c, h, w, oh, ow })));
  },
};
