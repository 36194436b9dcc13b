import * as inference from '../contract/steps.js';
import * as steps from '../contract/train/steps.js';
import type { BinaryOp } from '../contract/words.js';
import { count } from '../graph/op.js';
import type { Placed } from '../graph/op.js';
import type { TrainContext } from '../graph/rule.js';
import { broadcastStrides } from './binary.js';
import { physicalShape } from './layout.js';

/** The gradient of a sum is that of each operand; of a product or a quotient it is that times a derivative. */
export function binaryBackward(op: BinaryOp, context: TrainContext, dy: Placed): void {
  operandsBackward(op, context, [context.input(0), context.input(1)], dy);
}

/** The same of operands that need not be inputs. */
export function operandsBackward(op: BinaryOp, context: TrainContext, [a, b]: readonly [Placed, Placed], dy: Placed): void {
  const y = context.output();
  for (const [operand, second] of [[a, false], [b, true]] as const) {
    const whole = count(operand.shape) === count(y.shape) && inOrder(operand, y);
    if (op === 'add' && whole) context.pass(operand, dy);
    else context.gradient(operand, (dx) => {
      const from = inOrder(operand, y) ? dy : plain(context, dy);
      const strides = { dims: physicalShape(from), aStrides: broadcastStrides(a, from), bStrides: broadcastStrides(b, from) };
      context.step(steps.binaryGrad({ dy: from.id, a: a.id, b: b.id, dx: dx.id, op, second, ...strides }));
    });
  }
}

/** Whether the elements of an operand follow each other as those of `y` do: [C, H, W] lies row-major, a map of it with its channels last. */
function inOrder(operand: Placed, y: Placed): boolean {
  const strides = broadcastStrides(operand, y).filter((stride, axis) => stride > 0 && physicalShape(y)[axis] !== 1);
  return strides.every((stride, i) => i === 0 || stride < strides[i - 1]!);
}

/** A map, row-major. */
function plain(context: TrainContext, map: Placed): Placed {
  const [n = 1, c = 1, h = 1, w = 1] = map.shape;
  const placed = context.value(map.shape, 'plain');
  context.step(inference.transpose({ x: map.id, y: placed.id, outer: n, rows: h * w, cols: c }));
  return placed;
}
