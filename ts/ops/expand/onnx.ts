import { MAX_RANK } from '../../contract/limits.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { broadcast } from '../../tensor/shape.js';
import { expandOp } from './op.js';

const expand: Lowering = (context) => {
  const wanted = context.constant(1)?.tensor().data;
  if (!wanted || context.shape(0).includes(0)) return undefined;
  const shape = broadcast(context.shape(0), Array.from(wanted));
  if (shape.length > MAX_RANK || shape.includes(0)) return undefined;
  return [context.apply(expandOp({ shape }), [context.value(0)])];
};

export const expandLowerings: Lowerings = { Expand: expand };
