import { placing } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { apply } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { pair } from '../window-options.js';
import type { Pair } from '../window-options.js';
import { roiPoolOp } from './op.js';

/** Into what regions are pooled. */
export interface RoiPoolOptions {
  /** Bins of a region, vertical and horizontal. */
  readonly size: Pair;
  /** Elements of the map for a pixel of the regions. Default 1. */
  readonly scale?: number | undefined;
}

const ROI_POOL = optionNames<RoiPoolOptions>({ size: true, scale: true });

/**
 * The largest element of each bin of regions, as torchvision's `roi_pool` (Girshick 2015, arXiv 1504.08083).
 * @param x - the map, [N, C, H, W]
 * @param rois - rows [image, left, top, right, bottom] in pixels, [R, 5]; a row of no image (-1) gives zeros
 * @returns [R, C, ...size]
 * @throws ShapeError for what is no map and no such rows; ArgumentError for options that have no meaning
 */
export function roiPool(x: Value, rois: Value, options: RoiPoolOptions): Value {
  checkOptions('roiPool', options ?? {}, ROI_POOL);
  const op = placing('roiPool', () => roiPoolOp({ size: pair('size', options?.size), scale: options?.scale ?? 1 }));
  return apply(op, [rois, x], {});
}
