import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import type { HostTensor } from '../../onnx/form/types.js';
import { addOp } from './op.js';
import { commutative, takes } from '../binary-onnx.js';

/** a - c as a + (-c), where c is constant. */
const subtract: Lowering = (context) => {
  const constant = context.constant(1);
  if (!constant || !takes(context)) return undefined;
  const operand = context.derived('negative', constant.shape, () => negated(constant.tensor()));
  return [context.apply(addOp({ operand: constant.shape }), [context.value(0)], { operand })];
};

function negated(tensor: HostTensor): HostTensor {
  return { ...tensor, data: tensor.data.map((x) => -x) };
}

export const addLowerings: Lowerings = { Add: commutative(addOp), Sub: subtract };
