import { MAX_RANK } from '../../contract/limits.js';
import type { OpFactory } from '../../graph/op.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import type { HostTensor } from '../../onnx/form/types.js';
import { addOp, concatOp, divOp, mulOp } from './op.js';
import type { BinaryAttrs } from './op.js';

function takes(context: LowerContext): boolean {
  if (context.opset < 7 && context.attributes.has('axis')) return false;
  return [0, 1].every((input) => context.shape(input).length <= MAX_RANK && !context.shape(input).includes(0));
}

/** An operation of which the operands may be exchanged; a constant one becomes a parameter. */
function binary(factory: OpFactory<BinaryAttrs>): Lowering {
  return (context) => {
    if (!takes(context)) return undefined;
    const constant = [1, 0].find((input) => context.lasts(input));
    if (constant === undefined) return [context.apply(factory({}), [context.value(0), context.value(1)])];
    const op = factory({ operand: context.shape(constant) });
    return [context.apply(op, [context.value(1 - constant)], { operand: context.param(constant) })];
  };
}

/** a - c as a + (-c), where c is constant. */
const subtract: Lowering = (context) => {
  const constant = context.constant(1);
  if (!constant || !takes(context)) return undefined;
  const operand = context.derived('negative', constant.shape, () => negated(constant.tensor()));
  return [context.apply(addOp({ operand: constant.shape }), [context.value(0)], { operand })];
};

/** A division, not a product with the reciprocal: c * (1 / c) may be less than 1. */
const divide: Lowering = (context) => {
  if (!takes(context)) return undefined;
  if (!context.lasts(1)) return [context.apply(divOp({}), [context.value(0), context.value(1)])];
  return [context.apply(divOp({ operand: context.shape(1) }), [context.value(0)], { operand: context.param(1) })];
};

function negated(tensor: HostTensor): HostTensor {
  return { ...tensor, data: tensor.data.map((x) => -x) };
}

const concat: Lowering = (context) => {
  const count = inputCount(context);
  const shapes = Array.from({ length: count }, (_, i) => context.shape(i));
  if (shapes.some((shape) => shape.length > MAX_RANK || shape.includes(0))) return undefined;
  const values: ValueId[] = shapes.map((_, i) => context.value(i));
  return [context.apply(concatOp({ dim: context.attributes.int('axis', 1) }), values)];
};

function inputCount(context: LowerContext): number {
  let count = 0;
  while (context.has(count)) count++;
  return count;
}

export const combineLowerings: Lowerings = {
  Add: binary(addOp),
  Concat: concat,
  Div: divide,
  Mul: binary(mulOp),
  Sub: subtract,
};
