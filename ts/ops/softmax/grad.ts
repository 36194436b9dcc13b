import * as steps from '../../contract/train/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { softmaxOp, softmaxSizes } from './op.js';
import type { SoftmaxAttrs } from './op.js';

/** dx = y * (dy - sum(dy * y)); of the logarithm dx = dy - exp(y) * sum(dy). */
export const softmaxRule: TrainRule<SoftmaxAttrs> = {
  op: softmaxOp,
  backward({ dim, log }, context, dy) {
    const [x, y] = [context.input(0), context.output()];
    context.gradient(x, (dx) => context.step(steps.softmaxGrad({ y: y.id, dy: dy.id, dx: dx.id, ...softmaxSizes(x, dim), log })));
  },
};
