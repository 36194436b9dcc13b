import * as steps from '../../contract/train/steps.js';
import { count } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import type { Init, TrainContext, TrainRule } from '../../graph/rule.js';
import { windowOver } from '../common.js';
import { conv2dOp } from './op.js';
import type { Conv2dAttrs } from './op.js';

/** Gradients of a convolution: for its weights a product over windows, for its input a convolution with the kernels turned round. */
export const conv2dRule: TrainRule<Conv2dAttrs> = {
  op: conv2dOp,
  init: ({ inChannels, groups, kernel }) => layerInit((inChannels / groups) * kernel[0] * kernel[1]),
  biased: (attrs) => conv2dOp({ ...attrs, bias: true }),
  forward(attrs, context) {
    const [x, y] = [context.input(0), context.output()];
    context.step(steps.conv2dForward({ x: x.id, y: y.id, weight: context.param('weight').id, bias: context.optional('bias')?.id, ...sizes(attrs, x) }));
    return [];
  },
  backward(attrs, context, dy) {
    const x = context.input(0);
    const weight = context.param('weight');
    context.gradient(weight, (dw) => context.step(steps.conv2dWeightGrad({ x: x.id, dy: dy.id, dw: dw.id, ...sizes(attrs, x) })));
    biasGradient(context, dy, attrs.outChannels);
    context.gradient(x, (dx) => context.step(steps.conv2dInputGrad({ dy: dy.id, weight: weight.id, dx: dx.id, ...sizes(attrs, x) })));
  },
};

const sizes = (attrs: Conv2dAttrs, { shape }: Placed) =>
  ({ n: shape[0] ?? 0, window: windowOver(shape, attrs), oc: attrs.outChannels, groups: attrs.groups });

/** Weights and bias from -1 / sqrt(fan in) to 1 / sqrt(fan in): Kaiming's uniform rule with a slope of sqrt(5), as PyTorch's layers begin. */
export function layerInit(fanIn: number): Readonly<Record<string, Init>> {
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) } as const;
  return { weight: init, bias: init };
}

/** The sums of `dy` for each channel, which are its last dimension. */
export function biasGradient(context: TrainContext, dy: Placed, c: number): void {
  const bias = context.optional('bias');
  if (!bias) return;
  context.gradient(bias, (db) => context.step(steps.columnSums({ x: dy.id, y: db.id, rows: count(dy.shape) / c, c })));
}
