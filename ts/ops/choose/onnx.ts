import { MAX_RANK } from '../../contract/limits.js';
import { isFloat, typed } from '../../onnx/form/lowering.js';
import type { LowerContext, Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { chooseOp } from './op.js';

const INPUTS = [0, 1, 2];

function fits(context: LowerContext): boolean {
  const shapes = INPUTS.map((input) => context.shape(input));
  return isFloat(context.dtype(1)) && shapes.every((shape) => shape.length <= MAX_RANK && !shape.includes(0));
}

const where: Lowering = (context) => {
  if (!fits(context)) return undefined;
  const [a, b] = [1, 2].map((input) => (context.lasts(input) ? { shape: context.shape(input), param: context.param(input) } : undefined));
  const values = [0, ...(a ? [] : [1]), ...(b ? [] : [2])].map((input) => context.value(input));
  const op = chooseOp({ ...(a && { a: a.shape }), ...(b && { b: b.shape }) });
  return [context.apply(op, values, { ...(a && { a: a.param }), ...(b && { b: b.param }) })];
};

export const chooseLowerings: Lowerings = { Where: typed(where, { others: { 0: ['bool'] } }) };
