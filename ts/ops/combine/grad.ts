import * as inference from '../../contract/steps.js';
import * as steps from '../../contract/train/steps.js';
import { count } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import type { TrainContext, TrainRule } from '../../graph/rule.js';
import { resolveAxis } from '../common.js';
import { physicalAxis, physicalShape } from '../layout.js';
import { addOp, broadcastStrides, concatOp, mulOp } from './op.js';
import type { BinaryAttrs, ConcatAttrs } from './op.js';

/** Adds `d`, which has the form of `y`, to the gradient of an operand: summed over what it was repeated along. */
function giveBack(context: TrainContext, to: Placed, y: Placed, d: Placed): void {
  if (count(to.shape) === count(y.shape)) return context.pass(to, d);
  const sums = { dims: physicalShape(y), yStrides: broadcastStrides(to, y) };
  context.gradient(to, (sum) => context.step(steps.sumTo({ x: d.id, y: sum.id, ...sums })));
}

/** Both operands of a sum have its gradient. */
export const addRule: TrainRule<BinaryAttrs> = {
  op: addOp,
  backward(_, context, dy) {
    for (const i of [0, 1]) {
      const operand = context.input(i);
      if (context.wants(operand)) giveBack(context, operand, context.output(), dy);
    }
  },
};

/** Each factor has the gradient times the other. */
export const mulRule: TrainRule<BinaryAttrs> = {
  op: mulOp,
  backward(_, context, dy) {
    const y = context.output();
    for (const i of [0, 1]) {
      const [factor, other] = [context.input(i), context.input(1 - i)];
      if (!context.wants(factor)) continue;
      const product = context.value(y.shape, y.layout);
      const strides = { aStrides: broadcastStrides(dy, y), bStrides: broadcastStrides(other, y) };
      context.step(inference.binary({ a: dy.id, b: other.id, y: product.id, op: 'mul', dims: physicalShape(y), ...strides }));
      giveBack(context, factor, y, product);
    }
  },
};

/** Each value has its part of the gradient. */
export const concatRule: TrainRule<ConcatAttrs> = {
  op: concatOp,
  backward({ dim }, context, dy) {
    const axis = physicalAxis(resolveAxis(dim, dy.shape.length), dy.layout);
    const stored = physicalShape(dy);
    const [outer, row] = [count(stored.slice(0, axis)), count(stored.slice(axis))];
    let start = 0;
    for (let i = 0; i < context.inputCount; i++) {
      const x = context.input(i);
      const part = { outer, row, chunk: count(physicalShape(x).slice(axis)), start };
      context.gradient(x, (dx) => context.step(steps.concatGrad({ dy: dy.id, dx: dx.id, ...part })));
      start += part.chunk;
    }
  },
};
