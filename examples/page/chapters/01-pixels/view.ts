/** A window on a picture: what is on show as one zooms in. */
import type { Pixels } from '../../ui/picture.js';

export const LARGEST = 128;
export const SMALLEST = 8;
/** Pixels a side of the window, step by step; in the last one there is room for the numbers. */
const SIDES: readonly number[] = [LARGEST, 64, 32, 16, SMALLEST];
export const DEEPEST = SIDES.length - 1;

export interface View {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The window of a depth around a pixel, kept within the picture. */
export function viewAt({ width, height }: Pixels, depth: number, [x = 0, y = 0]: readonly number[]): View {
  const side = SIDES[depth] ?? SMALLEST;
  const [wide, high] = [Math.min(side, width), Math.min(side, height)];
  const start = (at: number, size: number, most: number): number => Math.max(0, Math.min(most - size, Math.round(at - size / 2)));
  return { left: start(x, wide, width), top: start(y, high, height), width: wide, height: high };
}

/** The pixels of a window, three numbers each. */
export function pixelsIn({ data, width, channels }: Pixels, view: View): readonly (readonly number[])[] {
  return Array.from({ length: view.width * view.height }, (_, at) => {
    const from = channels * ((view.top + Math.floor(at / view.width)) * width + view.left + (at % view.width));
    return [0, 1, 2].map((c) => data[from + c] ?? 0);
  });
}

/** One permutation of so many pixels: a step without a common factor comes by each of them. */
export function permuted<T>(list: readonly T[]): readonly T[] {
  const step = list.length % 37 === 0 ? 41 : 37;
  return list.map((_, at) => list[(at * step + 11) % list.length]!);
}
