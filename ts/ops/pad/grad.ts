import * as steps from '../../contract/train/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { padAround, padOp } from './op.js';
import type { PadAttrs } from './op.js';

/** What stands for an element gives its gradient back to it; a constant has none. */
export const padRule: TrainRule<PadAttrs> = {
  op: padOp,
  backward(attrs, context, dy) {
    const x = context.input(0);
    context.gradient(x, (dx) => context.step(steps.padGrad({ dy: dy.id, dx: dx.id, mode: attrs.mode, ...padAround(attrs, x) })));
  },
};
