import * as steps from '../../contract/train/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { windowOver } from '../common.js';
import { adaptiveAvgPool2dOp, globalPool2dOp, pool2dOp } from './op.js';
import type { AdaptiveAvgPool2dAttrs, GlobalPool2dAttrs, Pool2dAttrs } from './op.js';

/** The gradient goes to the first maximum of a window, or evenly to all of its elements. */
export const pool2dRule: TrainRule<Pool2dAttrs> = {
  op: pool2dOp,
  backward(attrs, context, dy) {
    const x = context.input(0);
    const { kind, countIncludePad, divisor } = attrs;
    const sizes = { n: x.shape[0] ?? 0, window: windowOver(x.shape, attrs) };
    context.gradient(x, (dx) => {
      if (kind === 'max') context.step(steps.maxPool2dGrad({ x: x.id, dy: dy.id, dx: dx.id, ...sizes }));
      else context.step(steps.avgPool2dGrad({ dy: dy.id, dx: dx.id, ...sizes, countIncludePad, divisor }));
    });
  },
};

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

/** The same over windows that divide a map. */
export const adaptiveAvgPool2dRule: TrainRule<AdaptiveAvgPool2dAttrs> = {
  op: adaptiveAvgPool2dOp,
  backward({ size: [oh, ow] }, context, dy) {
    const x = context.input(0);
    const [n = 0, c = 0, h = 0, w = 0] = x.shape;
    context.gradient(x, (dx) => context.step(steps.adaptiveAvgPool2dGrad({ dy: dy.id, dx: dx.id, n, c, h, w, oh, ow })));
  },
};
