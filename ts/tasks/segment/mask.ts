import { expectObject } from '../../base/given.js';
import { ShapeError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';

/** The class of each pixel of a photo, rows from the top. */
export interface Mask {
  /** width * height indexes of classes. */
  readonly data: Uint8Array | Uint16Array;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Which pixels of a photo one thing has: 1 where it is, in a rectangle outside of which it is not. */
export interface InstanceMask extends Mask {
  /** From the left edge of the photo to the rectangle, in whole pixels. */
  readonly left: number;
  /** From the upper edge, in whole pixels. */
  readonly top: number;
}

/** A class that is on the photo. */
export interface SegmentClass {
  /** From 0. */
  readonly index: number;
  /** Absent where the model has no labels and none were given. */
  readonly label: string | undefined;
  /** Part of the pixels of the photo that it has, 0 to 1. */
  readonly share: number;
}

/** @throws ShapeError for what is no mask */
export function checkMask(mask: Mask, place: string): void {
  expectObject(place, 'a mask', mask);
  const { data, width, height } = mask;
  const whole = (side: number): boolean => Number.isInteger(side) && side >= 0;
  if (!whole(width) || !whole(height)) wrong(place, 'a width and height in whole pixels', `${showValue(width)} x ${showValue(height)}`, { as: ShapeError });
  const fits = (data instanceof Uint8Array || data instanceof Uint16Array) && data.length === width * height;
  if (!fits) wrong(place, `a Uint8Array or Uint16Array of ${width} x ${height} numbers`, showValue(data), { as: ShapeError });
}

/** Which classes a mask has, the largest first. */
export function sharesOf({ data }: Mask, labels: readonly string[] | undefined): SegmentClass[] {
  const counts = new Uint32Array(data instanceof Uint8Array ? 1 << 8 : 1 << 16);
  for (let i = 0; i < data.length; i++) counts[data[i]!]! += 1;
  const there = Array.from(counts.keys()).filter((index) => counts[index]! > 0);
  const classes = there.map((index) => ({ index, label: labels?.[index], share: counts[index]! / data.length }));
  return classes.sort((a, b) => b.share - a.share || a.index - b.index);
}

/**
 * Intersection over union of the pixels that two masks give to a class; 0 where neither has any.
 *
 * Masks of things may lie anywhere on the photo. Two that say no place are of the same photo, so of one size.
 * @param index - the class. Default 1, which is the thing in a mask of one thing
 * @throws ShapeError for masks of different photos, or what are no masks; ArgumentError for what is no object
 */
export function maskIou(a: Mask | InstanceMask, b: Mask | InstanceMask, index = 1): number {
  checkMask(a, 'maskIou');
  checkMask(b, 'maskIou');
  const [first, second] = [placed(a), placed(b)];
  if (!('left' in a || 'left' in b) && (a.width !== b.width || a.height !== b.height)) {
    wrong('maskIou', `masks of one size, ${a.width} x ${a.height}`, `${b.width} x ${b.height}`, { as: ShapeError });
  }
  const [left, top] = [Math.max(first.left, second.left), Math.max(first.top, second.top)];
  const [right, bottom] = [Math.min(first.left + a.width, second.left + b.width), Math.min(first.top + a.height, second.top + b.height)];
  let common = 0;
  for (let y = top; y < bottom; y++) {
    const [rowA, rowB] = [(y - first.top) * a.width - first.left, (y - second.top) * b.width - second.left];
    for (let x = left; x < right; x++) if (a.data[rowA + x] === index && b.data[rowB + x] === index) common += 1;
  }
  const union = pixelsOf(a, index) + pixelsOf(b, index) - common;
  return union === 0 ? 0 : common / union;
}

function placed(mask: Mask | InstanceMask): { readonly left: number; readonly top: number } {
  return 'left' in mask ? mask : { left: 0, top: 0 };
}

function pixelsOf({ data }: Mask, index: number): number {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] === index) count += 1;
  return count;
}
