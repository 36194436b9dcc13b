import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { commutative, ofAll } from '../binary-onnx.js';
import { mulOp } from '../mul/op.js';
import { addOp } from './op.js';

const sum = ofAll(addOp);

const mean: Lowering = (context) => {
  const [total] = sum(context) ?? [];
  if (total === undefined) return undefined;
  let count = 0;
  while (context.has(count)) count++;
  const operand = context.derived('share', [1], () => fill('float32', [1], () => 1 / count));
  return [context.apply(mulOp({ operand: [1] }), [total], { operand })];
};

export const addLowerings: Lowerings = { Add: commutative(addOp), Mean: mean, Sum: sum };
