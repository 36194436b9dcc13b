import * as steps from '../../contract/train/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { globalPool2dOp } from './op.js';
import type { GlobalPool2dAttrs } from './op.js';

/** The same over whole maps. */
export const globalPool2dRule: TrainRule<GlobalPool2dAttrs> = {
  op: globalPool2dOp,
  backward({ kind }, context, dy) {
    const x = context.input(0);
    const [n = 0, c = 0, h = 0, w = 0] = x.shape;
    const from = kind === 'max' ? x.id : undefined;
    context.gradient(x, (dx) => context.step(steps.globalPool2dGrad({ x: from, dy: dy.id, dx: dx.id, kind, n, hw: h * w, c })));
  },
};
