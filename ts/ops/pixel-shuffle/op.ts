import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import type { Dim } from '../../tensor/shape.js';
import { mapOf, whole } from '../common.js';
import { MAPS } from '../layout.js';

export type PixelShuffleAttrs = {
  /** Side of a block of pixels. */
  readonly factor: number;
  /** Whether channels count [factor, factor, C], as ONNX's DCR, or [C, factor, factor], as PyTorch. */
  readonly blockFirst: boolean;
  /** Whether blocks of pixels become channels. */
  readonly inverse: boolean;
};

function divided(what: string, dim: Dim, by: number): Dim {
  if (dim === null || dim % by === 0) return dim === null ? null : dim / by;
  wrong(undefined, `${what} that ${by} divides`, String(dim), { as: ShapeError });
}

const times = (dim: Dim, by: number): Dim => (dim === null ? null : dim * by);

/** [N, C * factor^2, H, W] to [N, C, H * factor, W * factor] (Shi et al. 2016, arXiv 1609.05158), or the other way round. */
export const pixelShuffleOp = defineOp<PixelShuffleAttrs>('PixelShuffle', (attrs) => {
  const { inverse } = attrs;
  const factor = whole('factor', attrs.factor, 1);
  return {
    probabilities: 'kept',
    reach: { kernel: [factor, factor], dilation: [1, 1], stride: [factor, factor], up: !inverse },
    infer(inputs) {
      const [n = null, c = null, h = null, w = null] = mapOf(inputs);
      if (inverse) return [[n, times(c, factor ** 2), divided('a height', h, factor), divided('a width', w, factor)]];
      return [[n, divided('channels', c, factor ** 2), times(h, factor), times(w, factor)]];
    },
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      context.step(steps.pixelShuffle({ x: x.id, y: y.id, ...shuffleSizes(attrs, x.shape) }));
    },
  };
});

/** What of the step follows from the attributes and the shape of the input. */
export function shuffleSizes({ factor, blockFirst, inverse }: PixelShuffleAttrs, shape: readonly number[]): Omit<steps.PixelShuffle, 'x' | 'y'> {
  const [n = 0, c = 0, h = 0, w = 0] = shape;
  const coarse = inverse ? { h: h / factor, w: w / factor, c } : { h, w, c: c / factor ** 2 };
  return { n, ...coarse, block: factor, blockFirst, inverse };
}
