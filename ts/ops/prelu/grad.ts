import * as steps from '../../contract/train/steps.js';
import { count } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import type { TrainRule } from '../../graph/rule.js';
import { preluOp } from './op.js';
import type { PreluAttrs } from './op.js';

/** dx = dy where x > 0, else slope * dy; each slope's gradient is the sum of dy * x where x <= 0. */
export const preluRule: TrainRule<PreluAttrs> = {
  op: preluOp,
  init: () => ({ weight: { kind: 'constant', value: 0.25 } }),
  forward(attrs, context) {
    const [x, y] = [context.input(0), context.output()];
    context.step(steps.preluForward({ x: x.id, y: y.id, slope: context.param('weight').id, ...sizes(attrs, x) }));
    return [];
  },
  backward(attrs, context, dy) {
    const x = context.input(0);
    const slope = context.param('weight');
    context.gradient(slope, (d) => context.step(steps.preluSlopeGrad({ dy: dy.id, x: x.id, dslope: d.id, ...sizes(attrs, x) })));
    context.gradient(x, (dx) => context.step(steps.preluInputGrad({ dy: dy.id, x: x.id, slope: slope.id, dx: dx.id, ...sizes(attrs, x) })));
  },
};

function sizes({ slopes }: PreluAttrs, { shape }: Placed) {
  const c = (shape.length === 4 ? shape[1] : shape.at(-1)) ?? 1;
  return { rows: count(shape) / c, c, slopes };
}
