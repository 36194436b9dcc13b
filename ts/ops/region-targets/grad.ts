import * as steps from '../../contract/train/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { targetRule } from '../target-rule.js';
import { regionTargetsOp } from './op.js';
import type { RegionTargetsAttrs } from './op.js';

/** Regions and targets are what they are: no gradient goes back through them. */
export const regionTargetsRule: TrainRule<RegionTargetsAttrs> = {
  op: regionTargetsOp,
  forward({ classes, ...rule }, context) {
    const [rois, truths] = [context.input(0), context.input(1)];
    const [n = 0, truthsPerImage = 0] = truths.shape;
    const [y, labels, weights, offsets, offsetWeights] = [0, 1, 2, 3, 4].map((output) => context.output(output).id) as [number, number, number, number, number];
    context.step(steps.regionTargets({
      rois: rois.id, truths: truths.id, hyper: context.hyper, y, labels, weights, offsets, offsetWeights,
      n, proposed: (rois.shape[0] ?? 0) / n, truthsPerImage, classes, stream: context.stream, rule: targetRule(rule),
    }));
    return [];
  },
  backward: () => undefined,
};
