import type { LowerContext, Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { count } from '../../tensor/shape.js';
import { takes } from '../binary-onnx.js';
import { mulOp } from '../mul/op.js';
import { powOp } from './op.js';

/** The exponent, where it is one number for all. */
function oneExponent(context: LowerContext): number | undefined {
  const constant = context.constant(1);
  const fits = constant && count(constant.shape) === 1 && constant.shape.length <= context.shape(0).length;
  return fits ? constant.tensor().data[0] : undefined;
}

/** A square is a product. */
const pow: Lowering = (context) => {
  if (!takes(context)) return undefined;
  const exponent = oneExponent(context);
  const x = context.value(0);
  if (exponent === 2) return [context.apply(mulOp({}), [x, x])];
  const constant = context.constant(1);
  if (!constant) return [context.apply(powOp({}), [x, context.value(1)])];
  const operand = context.derived('exponent', constant.shape, () => {
    const { data } = constant.tensor();
    return fill('float32', constant.shape, (i) => data[i] ?? 0);
  });
  return [context.apply(powOp({ operand: constant.shape }), [x], { operand })];
};

export const powLowerings: Lowerings = { Pow: pow };
