import { MAX_RANK } from '../../contract/limits.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { concatOp } from './op.js';

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

export const concatLowerings: Lowerings = { Concat: concat };
