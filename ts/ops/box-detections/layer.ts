import { placing } from '../../base/errors.js';
import { expectObject } from '../../base/given.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { applyAll } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { boxDetectionsOp } from './op.js';

/** Which boxes are found; the defaults are torchvision's. */
export interface BoxDetectionOptions {
  /** Boxes of a lower score, 0 to 1, are dropped. Default 0.05. */
  readonly scoreThreshold?: number | undefined;
  /** Boxes that overlap a better one of the same class by more (IoU, 0 to 1) are suppressed. Default 0.5. */
  readonly nmsThreshold?: number | undefined;
  /** Boxes of an image, at most. Default 100. */
  readonly detectionsPerImage?: number | undefined;
  /** Boxes with a side of fewer pixels are dropped. Default 0.01. */
  readonly minSize?: number | undefined;
  /** What offsets of centre x, centre y, width and height were multiplied by. Default 10, 10, 5, 5. */
  readonly weights?: readonly [number, number, number, number] | undefined;
}

const DETECTIONS = optionNames<BoxDetectionOptions>({ scoreThreshold: true, nmsThreshold: true, detectionsPerImage: true, minSize: true, weights: true });

/** What a second stage says of each region. */
export interface RegionHead {
  /** Scores of each class before the softmax, the background first: [R, K]. */
  readonly logits: Value;
  /** Offsets of each class's box from the region: [R, 4 K]. */
  readonly deltas: Value;
}

/** Boxes of images, best first; rows behind an image's own are 0. */
export interface DetectionValues {
  /** Left, top, right, bottom in pixels: [N, most, 4]. */
  readonly boxes: Value;
  /** The softmax of each box's class, 0 to 1: [N, most]. */
  readonly scores: Value;
  /** Its class, from 1 on: [N, most]. */
  readonly labels: Value;
  /** How many boxes each image has: [N]. */
  readonly count: Value;
}

/**
 * Boxes of classes in regions, as torchvision's `RoIHeads`: softmax, offsets of each class decoded, boxes clipped, suppressed class by
 * class (Girshick 2015, arXiv 1504.08083). No gradient goes through it.
 * @param image - the images, [N, C, H, W], of which number and size count
 * @param rois - rows [image, left, top, right, bottom] in pixels, [R, 5]; rows of no image (-1) are left out
 * @throws ShapeError for values that do not fit each other; ArgumentError for options that have no meaning
 */
export function boxDetections(image: Value, rois: Value, head: RegionHead, options: BoxDetectionOptions = {}): DetectionValues {
  checkOptions('boxDetections', options, DETECTIONS);
  expectObject('boxDetections', 'an object of logits and deltas', head);
  const { logits, deltas } = head;
  const { scoreThreshold = 0.05, nmsThreshold = 0.5, detectionsPerImage = 100, minSize = 1e-2, weights = [10, 10, 5, 5] } = options;
  const op = placing('boxDetections', () => boxDetectionsOp({ score: scoreThreshold, iou: nmsThreshold, most: detectionsPerImage, least: minSize, weights }));
  const [boxes, scores, labels, count] = applyAll(op, [image, rois, logits, deltas], {});
  return { boxes: boxes!, scores: scores!, labels: labels!, count: count! };
}
