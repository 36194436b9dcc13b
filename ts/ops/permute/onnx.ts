import { MAX_RANK } from '../../contract/limits.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { mapLayoutOp } from '../map-layout/op.js';
import { reshapeOp } from '../reshape/op.js';
import { permuteOp } from './op.js';

const transpose: Lowering = (context) => {
  const from = context.shape(0);
  const perm = context.attributes.ints('perm', from.map((_, axis) => from.length - 1 - axis));
  if (from.includes(0) || from.length > MAX_RANK) return undefined;
  if (perm.join() === '0,2,3,1') return [context.apply(mapLayoutOp({ to: 'nhwc' }), [context.value(0)])];
  if (perm.join() === '0,3,1,2') return [context.apply(mapLayoutOp({ to: 'nchw' }), [context.value(0)])];
  // Only dimensions of 1 change their places: nothing moves.
  const moving = perm.filter((axis) => from[axis] !== 1);
  const inOrder = moving.every((axis, i) => i === 0 || axis > moving[i - 1]!);
  const op = inOrder ? reshapeOp({ shape: perm.map((axis) => from[axis] ?? 1) }) : permuteOp({ dims: perm });
  return [context.apply(op, [context.value(0)])];
};

export const permuteLowerings: Lowerings = { Transpose: transpose };
