import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { isMap } from '../onnx-window.js';
import { batchNorm2dOp, localResponseNormOp } from './op.js';

const batchNorm: Lowering = (context) => {
  const constants = [1, 2, 3, 4].every((input) => context.constant(input));
  if (!isMap(context) || !constants || context.attributes.int('training_mode', 0) !== 0) return undefined;
  // Before opset 14 a node with more outputs trained.
  if (context.attributes.int('spatial', 1) === 0 || (context.opset < 14 && context.outputCount > 1)) return undefined;
  const channels = context.shape(0)[1] ?? 0;
  const [weight, bias, mean, variance] = [1, 2, 3, 4].map((input) => context.param(input)) as [string, string, string, string];
  const op = batchNorm2dOp({ channels, eps: context.attributes.float('epsilon', 1e-5) });
  return [context.apply(op, [context.value(0)], { weight, bias, running_mean: mean, running_var: variance })];
};

const lrn: Lowering = (context) => {
  const { attributes } = context;
  const size = attributes.int('size');
  // PyTorch's window of an even size reaches further back, ONNX's further on.
  if (!isMap(context) || size % 2 === 0) return undefined;
  const op = localResponseNormOp({ size, alpha: attributes.float('alpha', 1e-4), beta: attributes.float('beta', 0.75), k: attributes.float('bias', 1) });
  return [context.apply(op, [context.value(0)])];
};

export const normLowerings: Lowerings = { BatchNormalization: batchNorm, LRN: lrn };
