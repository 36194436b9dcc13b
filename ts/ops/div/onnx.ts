import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { takes } from '../binary-onnx.js';
import { divOp } from './op.js';

/** A division, not a product with the reciprocal: c * (1 / c) may be less than 1. */
const divide: Lowering = (context) => {
  if (!takes(context)) return undefined;
  if (!context.lasts(1)) return [context.apply(divOp({}), [context.value(0), context.value(1)])];
  return [context.apply(divOp({ operand: context.shape(1) }), [context.value(0)], { operand: context.param(1) })];
};

export const divLowerings: Lowerings = { Div: divide };
