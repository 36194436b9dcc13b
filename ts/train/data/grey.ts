import type { RgbImage } from '../../image/types.js';
import type { Grey } from './ink.js';

/** Brightness of a pixel as ITU-R 601 weighs red, green and blue, rounded as Pillow's mode L is. */
export function luma(data: ArrayLike<number>, at: number): number {
  return (data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >> 16;
}

/** An image without its colours. */
export function greyOf({ data, width, height }: RgbImage): Grey {
  return { data: Float32Array.from({ length: width * height }, (_, i) => luma(data, 3 * i)), width, height };
}
