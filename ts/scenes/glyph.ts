import type { Turn } from './angle.js';
import type { Patch } from './canvas.js';
import type { Digits, Inks } from './digits.js';

/** A part of the image of a digit, in pixels of that image; the last two are behind it. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The part of a digit's image that has ink. */
export function partOf(inks: Inks, digit: number): Part {
  const [left = 0, top = 0, right = 0, bottom = 0] = inks.subarray(4 * digit, 4 * digit + 4);
  return { left, top, right, bottom };
}

/** Its longer side. */
export const longer = ({ left, top, right, bottom }: Part): number => Math.max(right - left, bottom - top);

/** How a digit is put on a canvas: sheared, enlarged, turned, moved, in this order. */
export interface Pose {
  /** Where the middle of its part comes to lie. */
  readonly x: number;
  readonly y: number;
  /** Pixels of the canvas for one of the image. */
  readonly scale: number;
  readonly turn: Turn;
  /** How far a row is moved to the right for each pixel above the middle. */
  readonly slant: number;
}

/** Half the size of the box around a part in some pose. */
export function reachOf({ left, top, right, bottom }: Part, { scale, turn: { cos, sin }, slant }: Omit<Pose, 'x' | 'y'>): readonly [across: number, down: number] {
  const [a, b] = [((right - left) / 2) * scale, ((bottom - top) / 2) * scale];
  const wide = a + Math.abs(slant) * b;
  const [c, s] = [Math.abs(cos), Math.abs(sin)];
  return [c * wide + s * b, s * wide + c * b];
}

/** Samples of a pixel in each direction. */
const SAMPLES = 2;

/**
 * A digit in ink: how much of each pixel it covers. Sampled bilinearly; edges stay sharp where it is enlarged.
 * @param index - which digit
 * @param part - what of its image is drawn
 */
export function glyphOf(digits: Digits, index: number, part: Part, pose: Pose): Patch {
  const [across, down] = reachOf(part, pose);
  const [left, top] = [Math.floor(pose.x - across - 0.5), Math.floor(pose.y - down - 0.5)];
  const [width, height] = [Math.ceil(pose.x + across + 0.5) - left, Math.ceil(pose.y + down + 0.5) - top];
  const { width: stride, height: rows, images } = digits;
  const image = images.subarray(index * stride * rows, (index + 1) * stride * rows);
  const { scale, turn: { cos, sin }, slant } = pose;
  const [middleX, middleY] = [(part.left + part.right) / 2, (part.top + part.bottom) / 2];
  const alpha = new Float32Array(width * height);
  let most = 0;
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      let sum = 0;
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const px = left + column + ((sample % SAMPLES) + 0.5) / SAMPLES - pose.x;
        const py = top + row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES - pose.y;
        const v = (cos * py - sin * px) / scale;
        const u = (cos * px + sin * py) / scale + slant * v;
        sum += inkAt(image, stride, part, middleX + u, middleY + v);
      }
      alpha[at] = sum;
      most = Math.max(most, sum);
    }
  }
  sharpen(alpha, most, 1.2 * Math.max(1, scale));
  return { left, top, width, height, alpha };
}

/** Edges as steep as they are on paper. The most ink is full ink: thin strokes made small would be seen nowhere. */
function sharpen(alpha: Float32Array, most: number, steep: number): void {
  for (let at = 0; at < alpha.length; at++) {
    if (alpha[at]! > 0) alpha[at] = Math.min(1, Math.max(0, 0.5 + steep * (alpha[at]! / most - 0.5)));
  }
}

/** The ink at a place of an image, between its pixels; none outside the part. */
function inkAt(image: Uint8Array, stride: number, part: Part, x: number, y: number): number {
  const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  if (left < part.left - 1 || left >= part.right || top < part.top - 1 || top >= part.bottom) return 0;
  const [u, v] = [x - 0.5 - left, y - 0.5 - top];
  const pixel = (column: number, row: number): number =>
    column < part.left || column >= part.right || row < part.top || row >= part.bottom ? 0 : image[row * stride + column]!;
  const upper = pixel(left, top) * (1 - u) + pixel(left + 1, top) * u;
  const lower = pixel(left, top + 1) * (1 - u) + pixel(left + 1, top + 1) * u;
  return upper * (1 - v) + lower * v;
}
