import * as steps from '../../contract/train/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { windowOver } from '../common.js';
import { pool2dOp } from './op.js';
import type { Pool2dAttrs } from './op.js';

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
