import { eachPixel, paint } from './canvas.js';
import type { Canvas, Patch } from './canvas.js';
import type { Draws } from './draws.js';

/** How far ink is from the paper under it, at least and at most. */
export const CONTRAST = [55, 160] as const;

/** The mean of what lies under a patch, by how much it covers. */
export function meanUnder(canvas: Canvas, patch: Patch): number {
  let [sum, weight] = [0, 0];
  eachPixel(canvas, patch, (at, alpha) => {
    sum += alpha * canvas.data[at]!;
    weight += alpha;
  });
  return weight > 0 ? sum / weight : 0;
}

/**
 * A value that differs from another one by `contrast`, above or below. Where that is beyond black or white it is on the other side;
 * there it may be beyond as well, but by then black and white both differ by at least 95.
 */
export function inkOn(mean: number, contrast: number, sign: number): number {
  const ink = mean + sign * contrast;
  return ink >= 0 && ink <= 255 ? ink : mean - sign * contrast;
}

/** Paints something in ink that stands out from what is under it. */
export function paintInk(canvas: Canvas, patch: Patch, draws: Draws, strength = 1): void {
  const contrast = strength * draws.between(CONTRAST[0], CONTRAST[1]);
  paint(canvas, patch, inkOn(meanUnder(canvas, patch), contrast, draws.sign()));
}
