import { placing } from '../../base/errors.js';
import { expectList, expectObject } from '../../base/given.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { applyAll } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { checkAnchors } from '../anchor-boxes.js';
import type { AnchorSpec } from '../anchor-boxes.js';
import { proposalsOp } from './op.js';

/** What a region proposal network says of one level. */
export interface LevelHead {
  /** How likely each anchor has an object, before the sigmoid: [N, A, H, W]. */
  readonly objectness: Value;
  /** Offsets of boxes from anchors: [N, 4 A, H, W], four for each anchor. */
  readonly deltas: Value;
}

/** Which boxes are proposed; the defaults are torchvision's at inference. */
export interface ProposalOptions {
  /** Boxes of each level that are looked at, of highest objectness. Default 1000. */
  readonly preNmsTopN?: number | undefined;
  /** Boxes of an image, at most. Default 1000. */
  readonly postNmsTopN?: number | undefined;
  /** Boxes that overlap a better one of the same level by more (IoU, 0 to 1) are suppressed. Default 0.7. */
  readonly nmsThreshold?: number | undefined;
  /** Boxes of a lower score, the sigmoid of their objectness, are dropped. Default 0. */
  readonly scoreThreshold?: number | undefined;
  /** Boxes with a side of fewer pixels are dropped. Default 0.001. */
  readonly minSize?: number | undefined;
}

const PROPOSALS = optionNames<ProposalOptions>({ preNmsTopN: true, postNmsTopN: true, nmsThreshold: true, scoreThreshold: true, minSize: true });

/** Regions, and how many there are. */
export interface Proposals {
  /** Rows [image, left, top, right, bottom] in pixels, best first for each image, [N * most, 5]; rows that are left over are of image -1. */
  readonly rois: Value;
  /** Of each image the number of its rows, [N]. */
  readonly count: Value;
}

/**
 * Regions that may have an object, of a region proposal network (Ren et al. 2015, arXiv 1506.01497), as torchvision's: offsets decoded,
 * boxes clipped to the image, suppressed level by level. No gradient goes through it.
 * @param image - the images, [N, C, H, W], of which the size counts
 * @throws ShapeError for maps that do not fit the anchors; ArgumentError for options that have no meaning
 */
export function proposals(image: Value, heads: readonly LevelHead[], anchors: AnchorSpec, options: ProposalOptions = {}): Proposals {
  checkOptions('proposals', options, PROPOSALS);
  expectList('proposals', 'a list of levels', heads);
  for (const head of heads) expectObject('proposals', 'a level of objectness and deltas', head);
  checkAnchors(anchors);
  const { preNmsTopN = 1000, postNmsTopN = 1000, nmsThreshold = 0.7, scoreThreshold = 0, minSize = 1e-3 } = options;
  const op = placing('proposals', () => proposalsOp({
    sizes: anchors.sizes, ratios: anchors.ratios, before: preNmsTopN, after: postNmsTopN,
    iou: nmsThreshold, score: scoreThreshold, least: minSize, weights: [1, 1, 1, 1],
  }));
  const [rois, count] = applyAll(op, [image, ...heads.flatMap(({ objectness, deltas }) => [objectness, deltas])], {});
  return { rois: rois!, count: count! };
}
