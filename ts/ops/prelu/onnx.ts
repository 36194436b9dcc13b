import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { count } from '../../tensor/shape.js';
import { preluOp } from './op.js';

/** The engine has one slope, or one a channel. */
const prelu: Lowering = (context) => {
  const slope = context.constant(1);
  const shape = context.shape(0);
  if (!slope) return undefined;
  const slopes = count(slope.shape);
  const perChannel = slope.shape.length === shape.length - 1 || (slope.shape.length === shape.length && slope.shape[0] === 1);
  const fits = slopes === 1 || (slopes === shape[1] && (shape.length === 4 || shape.length === 2) && perChannel);
  if (!fits || (slopes > 1 && slope.shape.at(shape.length === 4 ? -3 : -1) !== slopes)) return undefined;
  return [context.apply(preluOp({ slopes }), [context.value(0)], { weight: context.param(1, [slopes]) })];
};

export const preluLowerings: Lowerings = { PRelu: prelu };
