import { placing } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { apply } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import type { RoiPoolOptions } from '../roi-pool/layer.js';
import { pair } from '../window-options.js';
import { psRoiOp } from './op.js';

/** How regions are sampled. */
export interface PsRoiAlignOptions extends RoiPoolOptions {
  /** Samples along each side of a bin; 0 for as many as the bin has elements, rounded up. Default 0. */
  readonly samplingRatio?: number | undefined;
}

const PS_ROI_ALIGN = optionNames<PsRoiAlignOptions>({ size: true, scale: true, samplingRatio: true });
const PS_ROI_POOL = optionNames<RoiPoolOptions>({ size: true, scale: true });

/**
 * Means of interpolated samples, each bin of channels of its own, as torchvision's `ps_roi_align` (Dai et al. 2016, arXiv 1605.06409).
 * @param x - the map, [N, C * OH * OW, H, W]
 * @param rois - rows [image, left, top, right, bottom] in pixels, [R, 5]; a row of no image (-1) gives zeros
 * @returns [R, C, ...size]
 * @throws ShapeError for what is no map and no such rows; ArgumentError for options that have no meaning
 */
export function psRoiAlign(x: Value, rois: Value, options: PsRoiAlignOptions): Value {
  checkOptions('psRoiAlign', options ?? {}, PS_ROI_ALIGN);
  const { size, scale = 1, samplingRatio = 0 } = options ?? {};
  return apply(placing('psRoiAlign', () => psRoiOp({ size: pair('size', size), scale, sampling: samplingRatio })), [rois, x], {});
}

/**
 * Means of elements, each bin of channels of its own, as torchvision's `ps_roi_pool` (Dai et al. 2016, arXiv 1605.06409).
 * @param x - the map, [N, C * OH * OW, H, W]
 * @param rois - rows [image, left, top, right, bottom] in pixels, [R, 5]; a row of no image (-1) gives zeros
 * @returns [R, C, ...size]
 * @throws ShapeError for what is no map and no such rows; ArgumentError for options that have no meaning
 */
export function psRoiPool(x: Value, rois: Value, options: RoiPoolOptions): Value {
  checkOptions('psRoiPool', options ?? {}, PS_ROI_POOL);
  const { size, scale = 1 } = options ?? {};
  return apply(placing('psRoiPool', () => psRoiOp({ size: pair('size', size), scale, sampling: null })), [rois, x], {});
}
