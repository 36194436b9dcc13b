import type { LowerContext, Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { groupNormOp } from './op.js';
import { linesToo } from '../onnx-lines.js';
import { volumesToo } from '../onnx-volumes.js';
import { isMap } from '../onnx-window.js';

export function isVector(context: LowerContext, input: number, length: number): boolean {
  return context.constant(input) !== undefined && context.shape(input).length === 1 && context.shape(input)[0] === length;
}

const instance: Lowering = (context) => {
  const channels = context.shape(0)[1] ?? 0;
  if (!isMap(context) || !isVector(context, 1, channels) || !isVector(context, 2, channels)) return undefined;
  const op = groupNormOp({ channels, groups: channels, eps: context.attributes.float('epsilon', 1e-5) });
  return [context.apply(op, [context.value(0)], { weight: context.param(1), bias: context.param(2) })];
};

/** Operator set 18 had a factor for each group, later ones have one for each channel. */
const group: Lowering = (context) => {
  const channels = context.shape(0)[1] ?? 0;
  const groups = context.attributes.int('num_groups');
  if (!isMap(context) || groups < 1 || channels % groups !== 0) return undefined;
  const length = context.opset < 21 ? groups : channels;
  if (!isVector(context, 1, length) || !isVector(context, 2, length)) return undefined;
  const spread = (input: number, what: string): string => {
    if (length === channels) return context.param(input);
    const each = channels / groups;
    return context.derived(what, [channels], () => {
      const { data } = context.constant(input)?.tensor() ?? fill('float32', [groups], () => 0);
      return fill('float32', [channels], (c) => data[Math.floor(c / each)] ?? 0);
    });
  };
  const op = groupNormOp({ channels, groups, eps: context.attributes.float('epsilon', 1e-5) });
  return [context.apply(op, [context.value(0)], { weight: spread(1, 'scale'), bias: spread(2, 'shift') })];
};

export const groupNormLowerings: Lowerings = {
  GroupNormalization: linesToo(volumesToo(group)),
  InstanceNormalization: linesToo(volumesToo(instance)),
};
