import { wrong } from '../../base/wrong.js';
import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import type { Reach } from '../../graph/op.js';
import { mapOf, oneOf, whole } from '../common.js';
import type { Dim } from '../../tensor/shape.js';
import { showValue } from '../../base/show.js';
import { MAPS } from '../layout.js';

export type UpsampleAttrs = {
  /** Output height and width, or null for `scale`. */
  readonly size: readonly [number, number] | null;
  readonly scale: readonly [number, number] | null;
  readonly mode: 'nearest' | 'bilinear';
  readonly alignCorners: boolean;
  /** Whether the size is that of a second input, of which nothing else is read. */
  readonly like?: true;
};

/** Maps made larger or smaller: [N, C, H, W] to [N, C, OH, OW]; coordinates are PyTorch's (half-pixel centres). */
export const upsampleOp = defineOp<UpsampleAttrs>('Upsample', (attrs) => {
  const { size, scale, mode, like = false } = attrs;
  oneOf('mode', mode, ['nearest', 'bilinear']);
  if ([size !== null, scale !== null, like].filter(Boolean).length !== 1) wrong(undefined, 'either a size or a scale factor', 'both or none');
  size?.forEach((length) => whole('size', length, 1));
  if (scale?.some((factor) => !(factor > 0 && Number.isFinite(factor)))) {
    const got = scale.map(showValue).join(', ');
    wrong(undefined, 'a scale factor of positive numbers', got);
  }
  const length = (dim: Dim, axis: 0 | 1): Dim => {
    if (size) return size[axis];
    return dim === null ? null : Math.floor(dim * (scale?.[axis] ?? 1));
  };
  return {
    reach: reachOf(attrs),
    infer(inputs) {
      const [n = null, c = null, h = null, w = null] = mapOf(inputs);
      if (!like) return [[n, c, length(h, 0), length(w, 1)]];
      const [, , height = null, width = null] = mapOf(inputs.slice(1));
      return [[n, c, height, width]];
    },
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      context.step(steps.resize2d({ x: x.id, y: y.id, ...resizeSizes(attrs, x.shape, y.shape) }));
    },
  };
});

/** Copies of a pixel fill a block; other enlargements lie between pixels. */
function reachOf({ scale, mode, alignCorners }: UpsampleAttrs): Reach {
  const copies = mode === 'nearest' && !alignCorners && scale?.every(Number.isInteger);
  if (scale && copies) return { kernel: scale, dilation: [1, 1], stride: scale, up: true };
  return { kernel: mode === 'bilinear' ? [2, 2] : [1, 1], dilation: [1, 1], stride: scale ?? [1, 1], up: true, interpolates: true };
}

/** How maps of one shape become maps of another. */
export function resizeSizes({ scale, mode, alignCorners }: UpsampleAttrs, from: readonly number[], to: readonly number[]): Omit<steps.Resize2d, 'x' | 'y'> {
  const [n = 0, c = 0, h = 0, w = 0] = from;
  const [, , oh = 0, ow = 0] = to;
  const step = (length: number, out: number, factor: number | undefined): number => {
    if (alignCorners) return out > 1 ? (length - 1) / (out - 1) : 0;
    return factor === undefined ? length / out : 1 / factor;
  };
  return { mode, n, c, h, w, oh, ow, scaleH: step(h, oh, scale?.[0]), scaleW: step(w, ow, scale?.[1]), alignCorners };
}
