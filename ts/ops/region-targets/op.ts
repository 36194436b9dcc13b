import { defineOp } from '../../graph/op.js';
import { whole } from '../common.js';
import { ROWS } from '../layout.js';
import { regionsOf } from '../roi-align/op.js';
import { checkTargetRule, onlyTrained, truthsOf } from '../target-rule.js';
import type { TargetRule } from '../target-rule.js';

export type RegionTargetsAttrs = TargetRule & {
  /** Classes, the background included as the first. */
  readonly classes: number;
};

/**
 * Regions that the second stage learns from (Ren et al. 2015, arXiv 1506.01497): rois [R, 5] and true boxes [N, T, 5] to rois
 * [N * samples, 5], labels and weights [N * samples], offsets and their weights [N * samples, 4 * classes].
 */
export const regionTargetsOp = defineOp<RegionTargetsAttrs>('RegionTargets', (attrs) => {
  checkTargetRule(attrs);
  whole('classes', attrs.classes, 2);
  return {
    infer([rois, truths]) {
      regionsOf(rois);
      const [n] = truthsOf(truths);
      const rows = n === null ? null : n * attrs.samples;
      const offsets = [rows, 4 * attrs.classes];
      return [[rows, 5], [rows], [rows], offsets, offsets];
    },
    layouts: ROWS,
    emit: () => onlyTrained('RegionTargets'),
  };
});
