import { ShapeError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Instance } from '../../wasm/instance.js';

/** How boxes that show the same thing are told from others. */
export interface SuppressOptions {
  /** A box goes if its intersection over union with a better one is greater: 0 to 1. Soft suppression by a Gaussian has no such bound. */
  readonly iou: number;
  /** How many are kept at most. */
  readonly max: number;
  /**
   * `greedy` (default) drops boxes; `soft` lowers their scores instead, by exp(-IoU^2 / sigma) for each better box that is kept (Bodla et al. 2017,
   * arXiv 1704.04503), `soft-linear` by 1 - IoU where that is over `iou`; `diou` is greedy, but takes the squared distance of the centres
   * over that of the corners of both boxes off the IoU (Zheng et al. 2020, arXiv 1911.08287).
   */
  readonly method?: 'greedy' | 'soft' | 'soft-linear' | 'diou';
  /** Width of the Gaussian. Default 0.5. */
  readonly sigma?: number;
  /** A box that is kept has a greater score, at last. Default: any score; of soft suppression 0. */
  readonly score?: number;
}

/** What is left of boxes, in falling order of score; among equals the lower index first. */
export interface Suppressed {
  /** Places in what was given. */
  readonly kept: Uint32Array;
  /** Their scores: of soft suppression those that were lowered. */
  readonly scores: Float32Array;
}

/**
 * Keeps the best of boxes that overlap: for each class by itself, or for all.
 *
 * A box without a size (zero, negative, infinite, NaN) overlaps nothing, and so neither goes nor makes another go. A score that is NaN is
 * never kept.
 * @param boxes - [n, 4]: left, top, right, bottom
 * @param scores - [n]
 * @param classes - [n], or undefined where all boxes are of one
 * @throws ShapeError where numbers of boxes, scores and classes differ, ArgumentError for an option that has no meaning
 */
export function suppress(
  _instance: Instance, boxes: Float32Array, scores: Float32Array, classes: Uint32Array | undefined, options: SuppressOptions,
): Suppressed {
  checkSizes(boxes, scores, classes);
  checkOptions(options);
  return rounds(boxes, Float32Array.from(scores), classes, options);
}

/** Takes the best that is left, again and again. */
function rounds(boxes: Float32Array, scores: Float32Array, classes: Uint32Array | undefined, options: SuppressOptions): Suppressed {
  const { iou, max, method = 'greedy', sigma = 0.5 } = options;
  const soft = method.startsWith('soft');
  const floor = Math.max(options.score ?? -Infinity, soft ? 0 : -Infinity);
  let left = Array.from(scores.keys()).filter((i) => scores[i]! > floor || (floor === -Infinity && scores[i] === floor));
  const kept: number[] = [];
  while (left.length > 0 && kept.length < max) {
    const best = left.reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
    kept.push(best);
    left = left.filter((i) => {
      if (i === best || (classes && classes[i] !== classes[best])) return i !== best;
      const overlap = overlapOf(boxes.subarray(4 * best, 4 * best + 4), boxes.subarray(4 * i, 4 * i + 4), method === 'diou');
      if (!soft) return !(overlap > iou);
      const factor = method === 'soft' ? Math.exp(-overlap * overlap / sigma) : overlap > iou ? 1 - overlap : 1;
      scores[i] = scores[i]! * factor;
      return scores[i] > floor;
    });
  }
  return { kept: Uint32Array.from(kept), scores: Float32Array.from(kept, (i) => scores[i]!) };
}

const { fround, min, max } = Math;

/** Intersection over union, less the distance of the centres where that counts. */
function overlapOf(a: Float32Array, b: Float32Array, distance: boolean): number {
  const area = ([l, t, r, b]: Float32Array): number => (r! > l! && b! > t! ? fround(fround(r! - l!) * fround(b! - t!)) : 0);
  const real = (value: number): boolean => value >= 1e-30 && value < Infinity;
  if (!real(area(a)) || !real(area(b))) return 0;
  const side = (at: 0 | 1): number => max(fround(min(a[at + 2]!, b[at + 2]!) - max(a[at]!, b[at]!)), 0);
  const common = fround(side(0) * side(1));
  const overlap = fround(common / fround(fround(area(a) + area(b)) - common));
  if (!distance) return overlap;
  const squares = (of: (at: 0 | 1) => number): number => of(0) ** 2 + of(1) ** 2;
  const apart = squares((at) => (a[at]! + a[at + 2]! - b[at]! - b[at + 2]!) / 2);
  return fround(overlap - apart / squares((at) => max(a[at + 2]!, b[at + 2]!) - min(a[at]!, b[at]!)));
}

/** @throws ShapeError */
function checkSizes(boxes: Float32Array, scores: Float32Array, classes: Uint32Array | undefined): void {
  const n = scores.length;
  if (boxes.length !== 4 * n) wrong('suppress: boxes', `4 numbers for each of ${n} scores`, String(boxes.length), { as: ShapeError });
  if (classes && classes.length !== n) wrong('suppress: classes', `one for each of ${n} scores`, String(classes.length), { as: ShapeError });
}

const METHODS: readonly unknown[] = ['greedy', 'soft', 'soft-linear', 'diou', undefined] satisfies SuppressOptions['method'][];

/** @throws ArgumentError */
function checkOptions({ iou, max, method, sigma = 0.5, score = 0 }: SuppressOptions): void {
  if (!(iou >= 0 && iou <= 1)) wrong('suppress: iou', 'a number from 0 to 1', showValue(iou));
  if (!(Number.isInteger(max) && max >= 0)) wrong('suppress: max', 'a whole number from 0 on', showValue(max));
  if (!METHODS.includes(method)) wrong('suppress: method', 'greedy, soft, soft-linear or diou', showValue(method));
  if (!(sigma > 0 && sigma < Infinity)) wrong('suppress: sigma', 'a positive number', showValue(sigma));
  if (Number.isNaN(score)) wrong('suppress: score', 'a number', showValue(score));
}
