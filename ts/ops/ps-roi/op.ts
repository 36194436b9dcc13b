import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import { finite, whole } from '../common.js';
import { MAPS } from '../layout.js';
import { channelsOf, checkSampling, regionsOf } from '../roi-align/op.js';

export type PsRoiAttrs = {
  /** Bins, vertical and horizontal. */
  readonly size: readonly [number, number];
  /** Elements of the map for a pixel. */
  readonly scale: number;
  /** Samples along each side of a bin, 0 for as many as it has elements; null averages the elements as they are. */
  readonly sampling: number | null;
};

/** The mean of each bin of regions, each of channels of its own: [N, C * OH * OW, H, W] to [R, C, OH, OW] (Dai et al. 2016, arXiv 1605.06409). */
export const psRoiOp = defineOp<PsRoiAttrs>('PsRoi', ({ size, scale, sampling }) => {
  size.forEach((bins) => whole('size', bins, 1));
  finite('scale', scale);
  if (sampling !== null) checkSampling(sampling);
  const bins = size[0] * size[1];
  return {
    reach: 'unknown',
    infer([rois, ...maps]) {
      const channels = channelsOf(maps);
      if (channels !== null && channels % bins !== 0) {
        wrong(undefined, `channels that ${bins} bins divide`, String(channels), { as: ShapeError });
      }
      return [[regionsOf(rois), channels === null ? null : channels / bins, ...size]];
    },
    // Regions name their image.
    acrossImages: () => true,
    layouts: MAPS,
    emit(context) {
      const [rois, x, y] = [context.input(0), context.input(1), context.output()];
      const [n = 0, , h = 0, w = 0] = x.shape;
      context.step(steps.psRoi({
        x: x.id, rois: rois.id, y: y.id, n, c: y.shape[1] ?? 0, rows: rois.shape[0] ?? 0, oh: size[0], ow: size[1],
        pool: sampling === null, sampling: sampling ?? 0, h, w, scale,
      }));
    },
  };
});
