import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape, showValue } from '../../base/show.js';
import * as steps from '../../contract/steps.js';
import { count, defineOp } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import type { Shape } from '../../tensor/shape.js';
import { anchorStride, boxesAround, checkAnchors } from '../anchor-boxes.js';
import type { AnchorSpec } from '../anchor-boxes.js';
import { finite, mapOf, whole } from '../common.js';
import { MAPS } from '../layout.js';

/** What is left of many boxes. */
export type BoxRulesAttrs = {
  /** Boxes of a lower score are dropped. */
  readonly score: number;
  /** Boxes with a side of fewer pixels are dropped. */
  readonly least: number;
  /** Boxes that overlap a better one by more are suppressed. */
  readonly iou: number;
  /** What offsets of centre x, centre y, width and height were multiplied by. */
  readonly weights: readonly [number, number, number, number];
};

export type ProposalsAttrs = AnchorSpec & BoxRulesAttrs & {
  /** Boxes of each level before suppression, at most. */
  readonly before: number;
  /** Boxes of an image after it, at most. */
  readonly after: number;
};

export function checkRules({ score, least, iou, weights }: BoxRulesAttrs): void {
  for (const [what, value] of [['score', score], ['size', least], ['iou', iou]] as const) finite(what, value);
  if (Array.isArray(weights) && weights.length === 4 && weights.every((weight) => Number.isFinite(weight) && weight > 0)) return;
  wrong(undefined, 'weights of four positive numbers', showValue(weights));
}

/** The rules as the engine takes them, for images of a shape. */
export function boxRules({ score, least, iou, weights }: BoxRulesAttrs, [, , height = 0, width = 0]: readonly number[]): steps.BoxRules {
  const [left, top, right, bottom] = weights;
  return { height, width, score, least, iou, weights: { left, top, right, bottom } };
}

/**
 * Regions that may have an object (Ren et al. 2015, arXiv 1506.01497): the images, and for each level objectness [N, A, H, W] and offsets
 * [N, 4 A, H, W], to rows [image, left, top, right, bottom], [N * most, 5], and how many each image has, [N]. Of the images only the size
 * counts.
 */
export const proposalsOp = defineOp<ProposalsAttrs>('Proposals', (attrs) => {
  checkAnchors(attrs);
  checkRules(attrs);
  const [before, after] = [whole('boxes before suppression', attrs.before, 1), whole('boxes after suppression', attrs.after, 1)];
  const around = attrs.sizes.map((_, level) => boxesAround(attrs, level));
  const levels = around.map((boxes) => boxes.length);
  return {
    infer(inputs) {
      const [n = null] = mapOf(inputs);
      const sizes = levels.map((anchors, level) => checkLevel(inputs.slice(1 + 2 * level, 3 + 2 * level), level, anchors));
      if (inputs.length !== 1 + 2 * levels.length) {
        wrong(undefined, `${levels.length} levels`, String((inputs.length - 1) / 2), { as: ShapeError });
      }
      const most = sizes.reduce<number>((sum, size) => sum + Math.min(before, size), 0);
      return [[n === null || Number.isNaN(most) ? null : n * Math.min(after, most), 5], [n]];
    },
    layouts: MAPS,
    emit(context) {
      const image = context.inputShape(0);
      const [n = 0, , height = 0, width = 0] = image;
      const [y, counts] = [context.output(), context.output(1)];
      const level = (at: number): steps.AnchorLevel => {
        const [objectness, offsets]: Placed[] = [context.input(1 + 2 * at), context.input(2 + 2 * at)];
        const [, anchors = 0, h = 0, w = 0] = objectness!.shape;
        const stride = { strideY: anchorStride(height, h), strideX: anchorStride(width, w) };
        return { objectness: objectness!.id, offsets: offsets!.id, h, w, anchors, ...stride };
      };
      const anchors = around.flat().map(([left, top, right, bottom]) => ({ left, top, right, bottom }));
      context.step(steps.proposals({
        y: y.id, counts: counts.id, n, before, after: (y.shape[0] ?? 0) / n, rules: boxRules(attrs, image), levels: levels.map((_, at) => level(at)), anchors,
      }));
    },
  };
});

/** The number of anchors of a level, NaN while it is open. */
function checkLevel([objectness = [], offsets = []]: readonly Shape[], level: number, anchors: number): number {
  const fits = (shape: Shape, channels: number): boolean => shape.length === 4 && (shape[1] === null || shape[1] === channels);
  if (!fits(objectness, anchors) || !fits(offsets, 4 * anchors)) {
    const [expected, got] = [`[N, ${anchors}, H, W] and [N, ${4 * anchors}, H, W]`, `${showShape(objectness)} and ${showShape(offsets)}`];
    wrong(undefined, `objectness and offsets ${expected} at level ${level}`, got, { as: ShapeError });
  }
  return count(objectness.slice(2)) * anchors;
}
