import * as steps from '../../contract/train/steps.js';
import type { TrainContext, TrainRule } from '../../graph/rule.js';
import { anchorStride, boxesAround } from '../anchor-boxes.js';
import { targetRule } from '../target-rule.js';
import { anchorTargetsOp, LEVEL_VALUES } from './op.js';
import type { AnchorTargetsAttrs } from './op.js';

function targetLevel(context: TrainContext, at: number): steps.TargetLevel {
  const [, , height = 0, width = 0] = context.inputShape(0);
  const [labels, weights, offsets, offsetWeights] = Array.from({ length: LEVEL_VALUES }, (_, i) => context.output(LEVEL_VALUES * at + i).id) as [number, number, number, number];
  const [, anchors = 0, h = 0, w = 0] = context.inputShape(2 + at);
  const stride = { strideY: anchorStride(height, h), strideX: anchorStride(width, w) };
  return { labels, weights, offsets, offsetWeights, h, w, anchors, ...stride };
}

/** Targets are what they are: no gradient goes back through them. */
export const anchorTargetsRule: TrainRule<AnchorTargetsAttrs> = {
  op: anchorTargetsOp,
  forward(attrs, context) {
    const truths = context.input(1);
    const [n = 0, truthsPerImage = 0] = truths.shape;
    const anchors = attrs.sizes.flatMap((_, level) => boxesAround(attrs, level)).map(([left, top, right, bottom]) => ({ left, top, right, bottom }));
    const levels = attrs.sizes.map((_, at) => targetLevel(context, at));
    const { matchFrom, backgroundBelow, lowQuality, samples, positive, weights } = attrs;
    const rule = targetRule({ matchFrom, backgroundBelow, lowQuality, samples, positive, weights });
    context.step(steps.anchorTargets({ truths: truths.id, hyper: context.hyper, n, truthsPerImage, stream: context.stream, rule, levels, anchors }));
    return [];
  },
  backward: () => undefined,
};
