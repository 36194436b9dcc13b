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

function drop({ drop: p = 0, perImage }: IdentityAttrs, context: TrainContext, x: Placed, y: Placed): void {
  const len = count(x.shape);
  const ends = { x: x.id, y: y.id, len };
  if (p === 0 || !context.training) context.step(inference.unary(ends));
  else context.step(steps.dropout({ ...ends, row: perImage ? len / (x.shape[0] ?? 1) : 1, hyper: context.hyper, p, stream: context.stream }));
}
