import { placing } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { apply } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { pair } from '../window-options.js';
import type { Pair } from '../window-options.js';
import { roiAlignOp } from './op.js';

/** How regions are sampled. */
export interface RoiAlignOptions {
  /** Bins of a region, vertical and horizontal. */
  readonly size: Pair;
  /** Elements of the map for a pixel of the regions. Default 1. */
  readonly scale?: number | undefined;
  /** Samples along each side of a bin; 0 for as many as the bin has elements, rounded up. Default 0. */
  readonly samplingRatio?: number | undefined;
  /** Whether the centres of pixels lie half a pixel inside, and regions may be smaller than an element. Default false. */
  readonly aligned?: boolean | undefined;
}

const ROI_ALIGN = optionNames<RoiAlignOptions>({ size: true, scale: true, samplingRatio: true, aligned: 'boolean' });

/**
 * What a map holds inside of regions, as torchvision's `roi_align`: the mean of interpolated samples of each bin (He et al. 2017, arXiv
 * 1703.06870).
 * @param x - the map, [N, C, H, W]
 * @param rois - rows [image, left, top, right, bottom] in pixels, [R, 5]; a row of no image (-1) gives zeros
 * @returns [R, C, ...size]
 * @throws ShapeError for what is no map and no such rows; ArgumentError for options that have no meaning
 */
export function roiAlign(x: Value, rois: Value, options: RoiAlignOptions): Value {
  checkOptions('roiAlign', options ?? {}, ROI_ALIGN);
  const op = placing('roiAlign', () => {
    const { size, scale = 1, samplingRatio = 0, aligned = false } = options ?? {};
    return roiAlignOp({ size: pair('size', size), scales: [scale], sampling: samplingRatio, aligned, mode: 'avg', canonical: null });
  });
  return apply(op, [rois, x], {});
}

/** How regions are sampled from the levels of a pyramid. */
export interface MultiScaleRoiAlignOptions {
  /** Bins of a region, vertical and horizontal. */
  readonly size: Pair;
  /** Elements of each map for a pixel of the regions, each half of the one before: `[1 / 4, 1 / 8, 1 / 16, 1 / 32]`. */
  readonly scales: readonly number[];
  /** Samples along each side of a bin; 0 for as many as the bin has elements, rounded up. Default 2. */
  readonly samplingRatio?: number | undefined;
  /** Side of a square region that belongs to `canonicalLevel`, in pixels. Default 224. */
  readonly canonicalSize?: number | undefined;
  /** Level of such a region: that of the map with `2^-level` elements for a pixel. Default 4. */
  readonly canonicalLevel?: number | undefined;
}

const MULTI_SCALE = optionNames<MultiScaleRoiAlignOptions>({ size: true, scales: true, samplingRatio: true, canonicalSize: true, canonicalLevel: true });

/**
 * What a pyramid of maps holds inside of regions, as torchvision's `MultiScaleRoIAlign`: each region is read from the level that its
 * area belongs to (Lin et al. 2016, arXiv 1612.03144).
 * @param maps - [N, C, H, W], the finest first
 * @param rois - rows [image, left, top, right, bottom] in pixels, [R, 5]; a row of no image (-1) gives zeros
 * @returns [R, C, ...size]
 * @throws ShapeError for what are no maps and no such rows; ArgumentError for options that have no meaning
 */
export function multiScaleRoiAlign(maps: readonly Value[], rois: Value, options: MultiScaleRoiAlignOptions): Value {
  checkOptions('multiScaleRoiAlign', options ?? {}, MULTI_SCALE);
  if (!Array.isArray(maps)) wrong('multiScaleRoiAlign', 'a list of maps', showValue(maps));
  if (!Array.isArray(options?.scales)) wrong('multiScaleRoiAlign: scales', 'a list of numbers', showValue(options?.scales));
  const op = placing('multiScaleRoiAlign', () => {
    const { size, scales, samplingRatio = 2, canonicalSize = 224, canonicalLevel = 4 } = options;
    const canonical = { size: canonicalSize, level: canonicalLevel };
    return roiAlignOp({ size: pair('size', size), scales, sampling: samplingRatio, aligned: false, mode: 'avg', canonical });
  });
  return apply(op, [rois, ...maps], {});
}
