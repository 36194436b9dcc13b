import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { localResponseNormOp } from './op.js';
import { isMap } from '../onnx-window.js';

const lrn: Lowering = (context) => {
  const { attributes } = context;
  const size = attributes.int('size');
  // PyTorch's window of an even size reaches further back, ONNX's further on.
  if (!isMap(context) || size % 2 === 0) return undefined;
  const op = localResponseNormOp({ size, alpha: attributes.float('alpha', 1e-4), beta: attributes.float('beta', 0.75), k: attributes.float('bias', 1) });
  return [context.apply(op, [context.value(0)])];
};

export const localResponseNormLowerings: Lowerings = { LRN: lrn };
