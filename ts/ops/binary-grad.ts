import * as steps from '../contract/train/steps.js';
import type { BinaryOp } from '../contract/words.js';
import { count } from '../graph/op.js';
import type { Placed } from '../graph/op.js';
import type { TrainContext } from '../graph/rule.js';
import { broadcastStrides } from './binary.js';
import { physicalShape } from './layout.js';

/** The gradient of a sum is that of each operand; of a product or a quotient it is that times a derivative. */
export function binaryBackward(op: BinaryOp, context: TrainContext, dy: Placed): void {
  const y = context.output();
  const [a, b] = [context.input(0), context.input(1)];
  const strides = { dims: physicalShape(y), aStrides: broadcastStrides(a, y), bStrides: broadcastStrides(b, y) };
  for (const [operand, second] of [[a, false], [b, true]] as const) {
    if (op === 'add' && count(operand.shape) === count(y.shape)) context.pass(operand, dy);
    else context.gradient(operand, (dx) => context.step(steps.binaryGrad({ dy: dy.id, a: a.id, b: b.id, dx: dx.id, op, second, ...strides })));
  }
}
