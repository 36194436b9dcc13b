import { ShapeError } from '../../base/errors.js';
import { showShape } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { defineOp } from '../../graph/op.js';
import type { AnchorSpec } from '../anchor-boxes.js';
import { boxesAround, checkAnchors } from '../anchor-boxes.js';
import { mapOf } from '../common.js';
import { MAPS } from '../layout.js';
import { checkTargetRule, onlyTrained, truthsOf } from '../target-rule.js';
import type { TargetRule } from '../target-rule.js';

export type AnchorTargetsAttrs = AnchorSpec & TargetRule;

/** Values of a level: labels, weights, offsets and their weights. */
export const LEVEL_VALUES = 4;

/**
 * What a region proposal network is to say (Ren et al. 2015, arXiv 1506.01497): the images, of which the size counts, true boxes
 * [N, T, 5] and the objectness [N, A, H, W] of each level, of which the form counts, to labels and weights [N, A, H, W], offsets and
 * their weights [N, 4 A, H, W] of each level.
 */
export const anchorTargetsOp = defineOp<AnchorTargetsAttrs>('AnchorTargets', (attrs) => {
  checkAnchors(attrs);
  checkTargetRule(attrs);
  const anchors = attrs.sizes.map((_, level) => boxesAround(attrs, level).length);
  return {
    infer(inputs) {
      const [n = null] = mapOf(inputs);
      truthsOf(inputs[1]);
      const levels = inputs.slice(2);
      const fits = levels.length === anchors.length && levels.every((shape, i) => shape.length === 4 && (shape[1] === null || shape[1] === anchors[i]));
      if (!fits) wrong(undefined, `the objectness of levels of ${anchors.join(', ')} anchors`, levels.map(showShape).join(', '), { as: ShapeError });
      return levels.flatMap(([, a = null, h = null, w = null]) => {
        const [one, four] = [[n, a, h, w], [n, a === null ? null : 4 * a, h, w]];
        return [one, one, four, four];
      });
    },
    layouts: MAPS,
    emit: () => onlyTrained('AnchorTargets'),
  };
});
