import type { LowerContext, Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { isMap } from '../onnx-window.js';
import { fill } from '../../onnx/form/tensors.js';
import { groupNormOp, layerNormOp } from './op.js';

function isVector(context: LowerContext, input: number, length: number): boolean {
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

/** Over the last dimension alone. */
const layer: Lowering = (context) => {
  const shape = context.shape(0);
  const features = shape.at(-1) ?? 0;
  const axis = context.attributes.int('axis', -1);
  const last = axis === -1 || axis === shape.length - 1;
  if (!last || shape.length < 2 || !isVector(context, 1, features) || (context.has(2) && !isVector(context, 2, features))) return undefined;
  const bias = context.has(2) ? context.param(2) : context.derived('zeros', [features], () => fill('float32', [features], () => 0));
  const op = layerNormOp({ features, eps: context.attributes.float('epsilon', 1e-5), over: 'last' });
  return [context.apply(op, [context.value(0)], { weight: context.param(1), bias })];
};

export const groupNormLowerings: Lowerings = {
  GroupNormalization: group,
  InstanceNormalization: instance,
  LayerNormalization: layer,
};
