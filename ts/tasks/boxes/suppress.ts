import { ShapeError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { suppressSpec } from '../../contract/steps.js';
import type { SuppressMethod } from '../../contract/words.js';
import { suppressInEngine } from '../../wasm/boxes.js';
import type { Instance } from '../../wasm/instance.js';

/**
 * Candidates of soft suppression where no other number is said. Each may have to meet all that are kept: of so many that all overlap, 50
 * million pairs meet, which is half a second.
 */
export const SOFT_CANDIDATES = 10_000;

/** How boxes that show the same thing are told from others. */
export interface SuppressOptions {
  /** A box goes if its intersection over union with a better one is greater: 0 to 1. Soft suppression by a Gaussian has no such bound. */
  readonly iou: number;
  /** How many are kept at most; `Infinity` for all. */
  readonly max: number;
  /**
   * `greedy` (default) drops boxes; `soft` lowers their scores instead, by exp(-IoU^2 / sigma) for each better box that is kept (Bodla et al. 2017,
   * arXiv 1704.04503), `soft-linear` by 1 - IoU where that is over `iou`; `diou` is greedy, but takes the squared distance of the centres
   * over that of the corners of both boxes off the IoU (Zheng et al. 2020, arXiv 1911.08287).
   */
  readonly method?: 'greedy' | 'soft' | 'soft-linear' | 'diou';
  /** How many are looked at at most, those of the highest scores; `Infinity` for all. Default: of soft suppression 10,000, else all. */
  readonly candidates?: number;
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
  instance: Instance, boxes: Float32Array, scores: Float32Array, classes: Uint32Array | undefined, options: SuppressOptions,
): Suppressed {
  checkSizes(boxes, scores, classes);
  checkOptions(options);
  const { iou, max, method = 'greedy', sigma, score: floor, candidates = isSoft(method) ? SOFT_CANDIDATES : Infinity } = options;
  const words = suppressSpec({ method: METHODS[method], max: Math.min(max, scores.length), candidates: Math.min(candidates, scores.length) });
  const found = suppressInEngine(instance, { boxes, scores, groups: classes }, words, { iou, sigma, floor });
  return { kept: found.indices, scores: found.scores };
}

const METHODS = { greedy: 'greedy', diou: 'distance', soft: 'gaussian', 'soft-linear': 'linear' } as const satisfies Record<string, SuppressMethod>;

/** Whether scores are lowered instead of boxes dropped. */
export function isSoft(method: SuppressOptions['method']): boolean {
  return method === 'soft' || method === 'soft-linear';
}

/** @throws ShapeError */
function checkSizes(boxes: Float32Array, scores: Float32Array, classes: Uint32Array | undefined): void {
  const n = scores.length;
  if (boxes.length !== 4 * n) wrong('suppress: boxes', `4 numbers for each of ${n} scores`, String(boxes.length), { as: ShapeError });
  if (classes && classes.length !== n) wrong('suppress: classes', `one for each of ${n} scores`, String(classes.length), { as: ShapeError });
}

/** @throws ArgumentError */
function checkOptions({ iou, max, method, sigma = 0.5, score = 0, candidates = 0 }: SuppressOptions): void {
  if (!(iou >= 0 && iou <= 1)) wrong('suppress: iou', 'a number from 0 to 1', showValue(iou));
  for (const [name, count] of [['max', max], ['candidates', candidates]] as const) {
    if (!(count === Infinity || (Number.isInteger(count) && count >= 0))) wrong(`suppress: ${name}`, 'a whole number from 0 on, or Infinity', showValue(count));
  }
  if (method !== undefined && !Object.hasOwn(METHODS, method)) wrong('suppress: method', 'greedy, soft, soft-linear or diou', showValue(method));
  if (!(sigma > 0 && sigma < Infinity)) wrong('suppress: sigma', 'a positive number', showValue(sigma));
  if (Number.isNaN(score)) wrong('suppress: score', 'a number', showValue(score));
}
