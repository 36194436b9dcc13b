import { MAX_RANK } from '../contract/limits.js';
import type { OpFactory } from '../graph/op.js';
import type { LowerContext, Lowering } from '../onnx/form/lowering.js';
import type { BinaryAttrs } from './binary.js';

export function takes(context: LowerContext): boolean {
  if (context.opset < 7 && context.attributes.has('axis')) return false;
  return [0, 1].every((input) => context.shape(input).length <= MAX_RANK && !context.shape(input).includes(0));
}

/** An operation of which the operands may be exchanged; a constant one becomes a parameter. */
export function commutative(factory: OpFactory<BinaryAttrs>): Lowering {
  return (context) => {
    if (!takes(context)) return undefined;
    const constant = [1, 0].find((input) => context.lasts(input));
    if (constant === undefined) return [context.apply(factory({}), [context.value(0), context.value(1)])];
    const op = factory({ operand: context.shape(constant) });
    return [context.apply(op, [context.value(1 - constant)], { operand: context.param(constant) })];
  };
}

/** An operation of two that is done with one input after the other. */
export function ofAll(factory: OpFactory<BinaryAttrs>): Lowering {
  return (context) => {
    const inputs: number[] = [];
    while (context.has(inputs.length)) inputs.push(inputs.length);
    if (inputs.length < 2 || inputs.some((input) => context.shape(input).length > MAX_RANK || context.shape(input).includes(0))) return undefined;
    return [inputs.map((input) => context.value(input)).reduce((a, b) => context.apply(factory({}), [a, b]))];
  };
}
