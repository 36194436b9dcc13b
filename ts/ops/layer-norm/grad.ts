import { count } from '../../graph/op.js';
import type { TrainContext, TrainRule } from '../../graph/rule.js';
import { affineInit, groupNormBackward, groupNormForward } from '../group-norm/grad.js';
import type { Sizes } from '../group-norm/grad.js';
import { layerNormOp } from './op.js';
import type { LayerNormAttrs } from './op.js';

const rowSizes = ({ features, eps }: LayerNormAttrs, context: TrainContext): Sizes =>
  ({ n: count(context.input(0).shape) / features, pixels: 1, c: features, groups: 1, eps });

/** Layer normalisation (Ba et al. 2016, arXiv 1607.06450). */
export const layerNormRule: TrainRule<LayerNormAttrs> = {
  op: layerNormOp,
  init: affineInit,
  forward: (attrs, context) => groupNormForward(context, rowSizes(attrs, context)),
  backward: (attrs, context, dy) => groupNormBackward(context, dy, rowSizes(attrs, context)),
};
