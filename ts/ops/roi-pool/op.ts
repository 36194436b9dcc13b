import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import { finite, whole } from '../common.js';
import { MAPS } from '../layout.js';
import { channelsOf, regionsOf } from '../roi-align/op.js';

export type RoiPoolAttrs = {
  /** Bins, vertical and horizontal. */
  readonly size: readonly [number, number];
  /** Elements of the map for a pixel. */
  readonly scale: number;
};

/** The largest element of each bin of regions: rois [R, 5] and a map [N, C, H, W] to [R, C, ...size] (Girshick 2015, arXiv 1504.08083). */
export const roiPoolOp = defineOp<RoiPoolAttrs>('RoiPool', ({ size, scale }) => {
  size.forEach((bins) => whole('size', bins, 1));
  finite('scale', scale);
  return {
    reach: 'unknown',
    infer: ([rois, ...maps]) => [[regionsOf(rois), channelsOf(maps), ...size]],
    // Regions name their image.
    acrossImages: () => true,
    layouts: MAPS,
    emit(context) {
      const [rois, x, y] = [context.input(0), context.input(1), context.output()];
      const [n = 0, c = 0, h = 0, w = 0] = x.shape;
      context.step(steps.roiPool({ x: x.id, rois: rois.id, y: y.id, n, c, h, w, rows: rois.shape[0] ?? 0, oh: size[0], ow: size[1], scale }));
    },
  };
});
