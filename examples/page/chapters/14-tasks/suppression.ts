/** Greedy suppression, one kept box at a time. */
import type { DetectedBox } from 'receptive/inline';
import { boxIou } from 'receptive/vision';

/** The surest box that is left is kept, and strikes those of its class that overlap it too much. */
export interface SuppressionStep {
  /** Place in the candidates. */
  readonly kept: number;
  readonly struck: readonly { readonly at: number; readonly iou: number }[];
}

export interface Suppression {
  /** In falling order of score. */
  readonly candidates: readonly DetectedBox[];
  readonly steps: readonly SuppressionStep[];
}

/** @param candidates - in falling order of score */
export function suppressionOf(candidates: readonly DetectedBox[], iou: number): Suppression {
  const overlap = boxIou(candidates, candidates).data;
  const left = new Set(candidates.keys());
  const steps: SuppressionStep[] = [];
  for (const kept of left) {
    left.delete(kept);
    const struck = [...left]
      .filter((at) => candidates[at]!.index === candidates[kept]!.index)
      .map((at) => ({ at, iou: overlap[kept * candidates.length + at]! }))
      .filter((one) => one.iou > iou);
    for (const { at } of struck) left.delete(at);
    steps.push({ kept, struck });
  }
  return { candidates, steps };
}

/** Whether the steps keep what the detector keeps. */
export function agrees({ candidates, steps }: Suppression, kept: readonly DetectedBox[]): boolean {
  const same = (a: DetectedBox, b: DetectedBox): boolean => a.index === b.index && a.score === b.score && a.left === b.left && a.top === b.top;
  return steps.length === kept.length && steps.every((step) => kept.some((box) => same(box, candidates[step.kept]!)));
}
