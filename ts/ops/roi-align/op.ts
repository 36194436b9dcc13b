import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import type { Shape } from '../../tensor/shape.js';
import { finite, oneOf, whole } from '../common.js';
import { MAPS } from '../layout.js';

export type RoiAlignAttrs = {
  /** Bins, vertical and horizontal. */
  readonly size: readonly [number, number];
  /** Elements of each map for a pixel, the finest first. */
  readonly scales: readonly number[];
  /** Samples along each side of a bin; 0 for as many as it has elements. */
  readonly sampling: number;
  readonly aligned: boolean;
  readonly mode: 'avg' | 'max';
  /** Side in pixels of a square region, and the level that it belongs to, where there are several maps. */
  readonly canonical: { readonly size: number; readonly level: number } | null;
};

/** More samples along a side are a mistake. */
const MAX_SAMPLING = 256;

/** What maps hold inside of regions: rois [R, 5] and maps [N, C, H, W] to [R, C, ...size] (He et al. 2017, arXiv 1703.06870). */
export const roiAlignOp = defineOp<RoiAlignAttrs>('RoiAlign', (attrs) => {
  const { size, scales, sampling, mode, canonical } = attrs;
  size.forEach((bins) => whole('size', bins, 1));
  checkSampling(sampling);
  scales.forEach((scale) => finite('scale', scale));
  oneOf('mode', mode, ['avg', 'max']);
  if (canonical) {
    finite('canonicalSize', canonical.size);
    whole('canonicalLevel', canonical.level, 0);
  }
  return {
    reach: 'unknown',
    infer(inputs) {
      const [rows, maps] = [regionsOf(inputs[0]), inputs.slice(1)];
      if (maps.length !== scales.length) wrong(undefined, `${scales.length} maps`, String(maps.length), { as: ShapeError });
      return [[rows, channelsOf(maps), ...size]];
    },
    // Regions name their image.
    acrossImages: () => true,
    layouts: MAPS,
    emit(context) {
      const [rois, y] = [context.input(0), context.output()];
      const maps = scales.map((_, i) => context.input(i + 1));
      const levels = maps.map(({ id, shape: [, , h = 0, w = 0] }, i) => ({ x: id, h, w, scale: scales[i] ?? 1 }));
      context.step(steps.roiAlign({ rois: rois.id, y: y.id, form: roiForm(attrs, rois.shape, maps[0]?.shape ?? []), levels }));
    },
  };
});

/** @throws ArgumentError for what is no number of samples along a side, or too many */
export function checkSampling(sampling: number): void {
  if (whole('samples', sampling, 0) <= MAX_SAMPLING) return;
  wrong(undefined, `at most ${MAX_SAMPLING} samples`, String(sampling));
}

/** What of the step follows from the attributes and the shapes. */
export function roiForm(attrs: RoiAlignAttrs, [rois = 0]: readonly number[], [n = 0, c = 0]: readonly number[]): steps.RoiForm {
  const { size: [oh, ow], sampling, aligned, mode, canonical } = attrs;
  return { n, c, rois, oh, ow, sampling, aligned, mode, size: canonical?.size ?? 0, level: canonical?.level ?? 0 };
}

/** The number of regions, which are rows [image, left, top, right, bottom]. */
export function regionsOf(shape: Shape = []): number | null {
  const [rows = null, width] = shape;
  if (shape.length === 2 && (width === 5 || width === null)) return rows;
  wrong(undefined, 'regions [R, 5]', showShape(shape), { as: ShapeError });
}

/** The channels of maps, which all have as many. */
export function channelsOf(maps: readonly Shape[]): number | null {
  let channels: number | null = null;
  for (const map of maps) {
    if (map.length !== 4) wrong(undefined, 'a map [N, C, H, W]', showShape(map), { as: ShapeError });
    const own = map[1] ?? null;
    if (own !== null && channels !== null && own !== channels) {
      wrong(undefined, `maps of ${channels} channels`, String(own), { as: ShapeError });
    }
    channels ??= own;
  }
  return channels;
}
