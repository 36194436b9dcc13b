import * as steps from '../../contract/train/steps.js';
import { count } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import type { TrainRule } from '../../graph/rule.js';
import { biasGradient, layerInit } from '../conv2d/grad.js';
import { linearOp } from './op.js';
import type { LinearAttrs } from './op.js';

/** Gradients of y = x W^T + b: dx = dy W, dW = dy^T x, db the sums of dy over rows. */
export const linearRule: TrainRule<LinearAttrs> = {
  op: linearOp,
  init: ({ inFeatures }) => layerInit(inFeatures),
  forward(attrs, context) {
    const [x, y] = [context.input(0), context.output()];
    context.step(steps.linearForward({ x: x.id, y: y.id, weight: context.param('weight').id, bias: context.optional('bias')?.id, ...sizes(attrs, x) }));
    return [];
  },
  backward(attrs, context, dy) {
    const x = context.input(0);
    const weight = context.param('weight');
    context.gradient(weight, (dw) => context.step(steps.linearWeightGrad({ x: x.id, dy: dy.id, dw: dw.id, ...sizes(attrs, x) })));
    biasGradient(context, dy, attrs.outFeatures);
    context.gradient(x, (dx) => context.step(steps.linearInputGrad({ dy: dy.id, weight: weight.id, dx: dx.id, ...sizes(attrs, x) })));
  },
};

const sizes = ({ inFeatures, outFeatures }: LinearAttrs, { shape }: Placed) =>
  ({ rows: count(shape) / inFeatures, featuresIn: inFeatures, featuresOut: outFeatures });
