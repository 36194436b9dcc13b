import { tensor } from '../tensor/tensor.js';
import type { AnyTensor, Tensor } from '../tensor/tensor.js';
import { preprocess } from './preprocess.js';
import { preprocessSpec } from './spec.js';
import type { PreprocessOptions, PreprocessSpec, RgbImage } from './types.js';

/** What pixels have to become for a net. */
export interface PixelTarget {
  /** [1, C, H, W] or [1, H, W, C]. */
  readonly layout: 'nchw' | 'nhwc';
  /** 1 is grey. */
  readonly channels: 1 | 3;
  /** float32: normalised. uint8: the pixels as they are, 0 to 255, whatever mean, deviation and scale the options say. */
  readonly dtype: 'float32' | 'uint8';
  /** [height, width], where the net takes only one size. */
  readonly size: readonly [number, number] | undefined;
}

/** Bytes that stay what they are. */
export const AS_THEY_ARE = { mean: [0, 0, 0], std: [1, 1, 1], scale: 1 } as const;

/**
 * Pixels to the input of a net, of any form that a `PixelTarget` says. Grey is the luma of ITU-R 601 of the resized pixels, rounded as
 * Pillow's convert('L') does; it is normalised by the averages of the three means and deviations.
 * @throws what `preprocess` throws
 */
export function preprocessFor(image: RgbImage, options: PreprocessOptions, { layout, channels, dtype, size }: PixelTarget): AnyTensor {
  const spec = preprocessSpec(options, size);
  const asTheyAre = channels === 1 || dtype === 'uint8';
  const order = channels === 1 ? 'rgb' : spec.order;
  const x = preprocess(image, asTheyAre ? { ...spec, ...AS_THEY_ARE, order } : options, size);
  const [, , height = 0, width = 0] = x.shape;
  const shape = layout === 'nchw' ? [1, channels, height, width] : [1, height, width, channels];
  const planes = channels === 1 ? grey(x, dtype === 'uint8' ? AS_THEY_ARE : spec) : x.data;
  const data = layout === 'nchw' ? planes : interleaved(planes, channels);
  return dtype === 'uint8' ? tensor(Uint8Array.from(data), shape, dtype) : tensor(data, shape);
}

/** From whole numbers [1, 3, H, W], 0 to 255, to one plane. */
function grey({ data }: Tensor, { scale, mean, std }: Pick<PreprocessSpec, 'scale' | 'mean' | 'std'>): Float32Array {
  const pixels = data.length / 3;
  const [middle, spread] = [average(mean), average(std)];
  return Float32Array.from({ length: pixels }, (_, i) => {
    const luma = (data[i]! * 19595 + data[pixels + i]! * 38470 + data[2 * pixels + i]! * 7471 + 0x8000) >> 16;
    return (luma * scale - middle) / spread;
  });
}

export function average([a, b, c]: readonly [number, number, number]): number {
  return (a + b + c) / 3;
}

/** [C, pixels] to [pixels, C]. */
function interleaved(planes: Float32Array, channels: number): Float32Array {
  const pixels = planes.length / channels;
  return planes.map((_, i) => planes[(i % channels) * pixels + Math.floor(i / channels)]!);
}
