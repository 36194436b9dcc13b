import { MAX_RANK } from '../../contract/limits.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { tileOp } from './op.js';

const tile: Lowering = (context) => {
  const repeats = context.constant(1)?.tensor().data;
  const from = context.shape(0);
  if (context.opset < 6 || repeats?.length !== from.length || from.includes(0) || Array.from(repeats).some((times) => times < 1)) return undefined;
  const dims = from.length + Array.from(repeats).filter((times, axis) => times > 1 && from[axis] !== 1).length;
  return dims > MAX_RANK ? undefined : [context.apply(tileOp({ repeats: Array.from(repeats) }), [context.value(0)])];
};

export const tileLowerings: Lowerings = { Tile: tile };
