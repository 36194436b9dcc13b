import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import type { HostTensor } from '../../onnx/form/types.js';
import { addOp } from '../add/op.js';
import { takes } from '../binary-onnx.js';
import { subOp } from './op.js';

/** a - c as a + (-c) where c is constant: what folds a sum folds it. */
const subtract: Lowering = (context) => {
  if (!takes(context)) return undefined;
  const constant = context.constant(1);
  if (!constant) return [context.apply(subOp({}), [context.value(0), context.value(1)])];
  const operand = context.derived('negative', constant.shape, () => negated(constant.tensor()));
  return [context.apply(addOp({ operand: constant.shape }), [context.value(0)], { operand })];
};

function negated(tensor: HostTensor): HostTensor {
  return { ...tensor, data: tensor.data.map((x) => -x) };
}

export const subLowerings: Lowerings = { Sub: subtract };
