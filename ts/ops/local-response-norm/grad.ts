import * as steps from '../../contract/train/steps.js';
import { count } from '../../graph/op.js';
import type { TrainRule } from '../../graph/rule.js';
import { localResponseNormOp } from './op.js';
import type { LocalResponseNormAttrs } from './op.js';

/** Local response normalisation (Krizhevsky et al. 2012). */
export const localResponseNormRule: TrainRule<LocalResponseNormAttrs> = {
  op: localResponseNormOp,
  backward(attrs, context, dy) {
    const x = context.input(0);
    const c = x.shape[1] ?? 1;
    context.gradient(x, (dx) => context.step(steps.lrnGrad({ x: x.id, dy: dy.id, dx: dx.id, rows: count(x.shape) / c, c, ...attrs })));
  },
};
