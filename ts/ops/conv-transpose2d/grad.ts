import * as steps from '../../contract/train/steps.js';
import type { Placed } from '../../graph/op.js';
import type { TrainRule } from '../../graph/rule.js';
import { windowOver } from '../common.js';
import { biasGradient, layerInit } from '../conv2d/grad.js';
import { convTranspose2dOp } from './op.js';
import type { ConvTranspose2dAttrs } from './op.js';

/** Gradients of a transposed convolution: those of a convolution with input and output exchanged. */
export const convTranspose2dRule: TrainRule<ConvTranspose2dAttrs> = {
  op: convTranspose2dOp,
  init: ({ outChannels, groups, kernel }) => layerInit((outChannels / groups) * kernel[0] * kernel[1]),
  forward(attrs, context) {
    const [x, y] = [context.input(0), context.output()];
    const bias = context.optional('bias')?.id;
    context.step(steps.transposedForward({ x: x.id, y: y.id, weight: context.param('weight').id, bias, ...sizes(attrs, x) }));
    return [];
  },
  backward(attrs, context, dy) {
    const x = context.input(0);
    const weight = context.param('weight');
    context.gradient(weight, (dw) => context.step(steps.transposedWeightGrad({ x: x.id, dy: dy.id, dw: dw.id, ...sizes(attrs, x) })));
    biasGradient(context, dy, attrs.outChannels);
    context.gradient(x, (dx) => context.step(steps.transposedInputGrad({ dy: dy.id, weight: weight.id, dx: dx.id, ...sizes(attrs, x) })));
  },
};

const sizes = (attrs: ConvTranspose2dAttrs, { shape }: Placed) => ({
  n: shape[0] ?? 0, window: windowOver(shape, attrs), oc: attrs.outChannels, groups: attrs.groups, outputPadding: attrs.outputPadding,
});
