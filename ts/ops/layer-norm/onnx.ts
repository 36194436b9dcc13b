import { MAX_RANK } from '../../contract/limits.js';
import { axisOf } from '../../onnx/form/axis.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { addOp } from '../add/op.js';
import { divOp } from '../div/op.js';
import { isVector } from '../group-norm/onnx.js';
import { mathOp } from '../math/op.js';
import { mulOp } from '../mul/op.js';
import { reduceOp, reducible } from '../reduce/op.js';
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

/** x / sqrt(mean(x^2) + epsilon) * scale over the last dimensions (Zhang and Sennrich 2019, arXiv 1910.07467). */
const rootMeanSquare: Lowering = (context) => {
  const shape = context.shape(0);
  const rank = shape.length;
  const first = axisOf(context.attributes.int('axis', -1), rank);
  const axes = shape.map((_, axis) => axis).slice(first);
  if (!context.lasts(1) || rank > MAX_RANK || shape.includes(0) || !reducible(axes, rank)) return undefined;
  const x = context.value(0);
  const epsilon = context.derived('epsilon', [1], () => fill('float32', [1], () => context.attributes.float('epsilon', 1e-5)));
  const mean = context.apply(reduceOp({ kind: 'mean', axes, rank }), [context.apply(mulOp({}), [x, x])]);
  const root = context.apply(mathOp({ function: 'sqrt' }), [context.apply(addOp({ operand: [1] }), [mean], { operand: epsilon })]);
  return [context.apply(mulOp({ operand: context.shape(1) }), [context.apply(divOp({}), [x, root])], { operand: context.param(1) })];
};

export const layerNormLowerings: Lowerings = { LayerNormalization: layer, RMSNormalization: rootMeanSquare };
