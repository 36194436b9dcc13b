import type { OpFactory } from '../../graph/op.js';
import { typed } from '../../onnx/form/lowering.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { takes } from '../binary-onnx.js';
import type { BinaryAttrs } from '../binary.js';
import { maxOp } from '../max/op.js';
import { mulOp } from '../mul/op.js';
import { equalOp, greaterEqualOp, greaterOp } from './op.js';

type Pair = (context: LowerContext, a: ValueId, b: ValueId) => ValueId | undefined;

/** Truth is 1 and 0. */
function truth(pair: Pair): Lowering {
  const lower: Lowering = (context) => {
    const value = takes(context) ? pair(context, context.value(0), context.value(1)) : undefined;
    return value === undefined ? undefined : [value];
  };
  return typed(lower, { result: 'bool' });
}

/** The same of two truths. */
const ofTruths = (pair: Pair): Lowering => typed(truth(pair), { result: 'bool', others: { 0: ['bool'], 1: ['bool'] } });

const of = (factory: OpFactory<BinaryAttrs>) => (context: LowerContext, a: ValueId, b: ValueId): ValueId => context.apply(factory({}), [a, b]);
const turned = (pair: Pair): Pair => (context, a, b) => pair(context, b, a);

/** Undefined for what has no dimension, which the opposite would have. */
function opposite(context: LowerContext, value: ValueId): ValueId | undefined {
  if (context.shapeOf(value).length === 0) return undefined;
  const operand = context.derived('zero', [1], () => fill('float32', [1], () => 0));
  return context.apply(equalOp({ operand: [1] }), [value], { operand });
}

const not: Lowering = (context) => {
  const value = opposite(context, context.value(0));
  return value === undefined ? undefined : [value];
};

export const compareLowerings: Lowerings = {
  And: ofTruths(of(mulOp)),
  Equal: ofTruths(of(equalOp)),
  Greater: truth(of(greaterOp)),
  GreaterOrEqual: truth(of(greaterEqualOp)),
  Less: truth(turned(of(greaterOp))),
  LessOrEqual: truth(turned(of(greaterEqualOp))),
  Not: typed(not, { result: 'bool', others: { 0: ['bool'] } }),
  Or: ofTruths(of(maxOp)),
  Xor: ofTruths((context, a, b) => opposite(context, of(equalOp)(context, a, b))),
};
