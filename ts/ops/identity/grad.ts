import * as inference from '../../contract/steps.js';
import * as steps from '../../contract/train/steps.js';
import { count } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import type { TrainContext, TrainRule } from '../../graph/rule.js';
import { identityOp } from './op.js';
import type { IdentityAttrs } from './op.js';

/** Nothing, or dropout while it is trained. On the gradient the mask is the same, drawn anew from the same counters. */
export const identityRule: TrainRule<IdentityAttrs> = {
  op: identityOp,
  forward(attrs, context) {
    const [x, y] = [context.input(0), context.output()];
    drop(attrs, context, x, y);
    return [];
  },
  backward(attrs, context, dy) {
    context.gradient(context.input(0), (dx) => drop(attrs, context, dy, dx));
  },
};

function drop({ drop: p = 0 }: IdentityAttrs, context: TrainContext, x: Placed, y: Placed): void {
  const ends = { x: x.id, y: y.id, len: count(x.shape) };
  if (p === 0 || !context.training) context.step(inference.unary(ends));
  else context.step(steps.dropout({ ...ends, hyper: context.hyper, p, stream: context.stream }));
}
