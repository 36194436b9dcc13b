import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { isVector } from '../group-norm/onnx.js';
import { layerNormOp } from './op.js';

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

export const layerNormLowerings: Lowerings = { LayerNormalization: layer };
