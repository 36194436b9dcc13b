import type { Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { batchNorm2dOp } from './op.js';
import { reshapeOp } from '../reshape/op.js';
import { linesToo } from '../onnx-lines.js';
import { volumesToo } from '../onnx-volumes.js';
import { isMap } from '../onnx-window.js';

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

/** Rows [N, C] are maps of one pixel. */
function rowsToo(lower: Lowering): Lowering {
  return (context) => {
    const rows = context.shape(0);
    if (rows.length !== 2 || rows.includes(0)) return lower(context);
    const pixels = [...rows, 1, 1];
    const value = (input: number): ValueId => (input === 0 ? context.apply(reshapeOp({ shape: pixels }), [context.value(0)]) : context.value(input));
    const results = lower({ ...context, value, shape: (input) => (input === 0 ? pixels : context.shape(input)) });
    return results?.map((map) => context.apply(reshapeOp({ shape: rows }), [map]));
  };
}

export const batchNorm2dLowerings: Lowerings = { BatchNormalization: rowsToo(linesToo(volumesToo(batchNorm))) };
