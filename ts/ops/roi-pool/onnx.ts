import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { isMap, pair } from '../onnx-window.js';
import { roiPoolOp } from './op.js';

/** What does not fit is left to the host, which says why. */
const maxRoiPool: Lowering = (context) => {
  const { attributes } = context;
  const [rows = 0, width] = context.shape(1);
  if (!isMap(context) || context.shape(0).includes(0) || rows === 0 || width !== 5 || context.constant(1)) return undefined;
  const op = roiPoolOp({ size: pair(attributes.ints('pooled_shape') ?? []), scale: attributes.float('spatial_scale', 1) });
  return [context.apply(op, [context.value(1), context.value(0)])];
};

export const roiPoolLowerings: Lowerings = { MaxRoiPool: maxRoiPool };
