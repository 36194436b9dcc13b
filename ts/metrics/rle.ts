// Run-length encoding of binary masks, as COCO has it (Lin et al. 2014, arXiv 1405.0312): pixels in columns from the top, columns from
// the left; lengths of runs of zeros and ones in turn, zeros first.
import { FormatError, ShapeError } from '../base/errors.js';
import { expectList, expectObject } from '../base/given.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { Box } from './box.js';

/** A binary mask by its runs, as COCO has it (Lin et al. 2014, arXiv 1405.0312). */
export interface Rle {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Lengths of runs of zeros and ones in turn, zeros first, down the columns. They sum to `width * height`. */
  readonly counts: Uint32Array;
}

/** A mask row by row: what is not 0 belongs to the object. */
export interface BinaryMask {
  /** width * height elements, rows from the top. */
  readonly data: ArrayLike<number>;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A mask row by row, a byte a pixel: 0 or 1. */
export interface ByteMask extends BinaryMask {
  /** width * height bytes, rows from the top. */
  readonly data: Uint8Array;
}

/** Positions are 32-bit numbers. */
export const MAX_PIXELS = 2 ** 32 - 1;

/** @throws ShapeError naming the place, for a size without pixels, or with more than positions have numbers for */
export function expectSize(width: unknown, height: unknown, place: string): void {
  const whole = [width, height].every((side) => Number.isSafeInteger(side) && (side as number) >= 1);
  if (whole && (width as number) * (height as number) <= MAX_PIXELS) return;
  wrong(place, `width and height of at least 1, and at most ${MAX_PIXELS} pixels`, `${showValue(width)} x ${showValue(height)}`, { as: ShapeError });
}

/** @throws ArgumentError for what has no elements by number */
function expectElements(place: string, expected: string, value: unknown): void {
  const length = typeof value === 'object' && value !== null ? (value as Partial<ArrayLike<number>>).length : undefined;
  if (!Number.isSafeInteger(length)) wrong(place, expected, showValue(value));
}

/**
 * @throws ArgumentError for what is no mask; ShapeError for an impossible size; FormatError for lengths that are no whole numbers from 0 on, or sum
 *   to another number than there are pixels
 */
export function expectRle(mask: Rle, place: string): void {
  expectObject(place, 'a mask { width, height, counts }', mask);
  const { width, height, counts } = mask;
  expectSize(width, height, place);
  expectElements(`${place}: counts`, 'lengths of runs', counts);
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (!(Number.isSafeInteger(count) && count >= 0)) wrong(`${place}: run ${i}`, 'a length from 0 on', showValue(count), { as: FormatError });
    sum += count;
  }
  if (sum !== width * height) wrong(place, `runs of ${width * height} pixels, ${width} x ${height}`, String(sum), { as: FormatError });
}

/**
 * A mask from lengths of runs.
 * @throws ArgumentError for no lengths; ShapeError for an impossible size; FormatError for lengths that are no whole numbers from 0 on, or sum to another number than there are pixels
 */
export function rleFromCounts(counts: ArrayLike<number>, width: number, height: number, place = 'mask'): Rle {
  expectRle({ width, height, counts: counts as Uint32Array }, place);
  return { width, height, counts: Uint32Array.from(counts) };
}

/**
 * The runs of a mask.
 * @throws ArgumentError for what is no mask; ShapeError for another number of elements than the mask has pixels
 */
export function rleFromMask(mask: BinaryMask): Rle {
  expectObject('mask', 'a mask { data, width, height }', mask);
  const { data, width, height } = mask;
  expectSize(width, height, 'mask');
  expectElements('mask: data', 'an element for each pixel', data);
  if (data.length !== width * height) wrong('mask', `${width * height} elements, ${width} x ${height}`, String(data.length), { as: ShapeError });
  const toggles: number[] = [];
  let last = false;
  for (let x = 0, at = 0; x < width; x++) {
    for (let y = 0; y < height; y++, at++) {
      const set = data[y * width + x] !== 0;
      if (set !== last) toggles.push(at);
      last = set;
    }
  }
  return rleFromToggles(toggles, width, height);
}

/** @param toggles - positions at which the mask changes, in order; two at one position cancel each other */
export function rleFromToggles(toggles: ArrayLike<number>, width: number, height: number): Rle {
  const pixels = width * height;
  const kept: number[] = [];
  for (let i = 0; i < toggles.length; i++) {
    if (kept.length > 0 && kept[kept.length - 1] === toggles[i]) kept.pop();
    else if (toggles[i]! < pixels) kept.push(toggles[i]!);
  }
  const counts = Uint32Array.from({ length: kept.length + 1 }, (_, i) => (kept[i] ?? pixels) - (kept[i - 1] ?? 0));
  return { width, height, counts };
}

/**
 * The mask row by row.
 * @throws ArgumentError for what is no mask; ShapeError and FormatError as `rleFromCounts`
 */
export function rleToMask(mask: Rle): ByteMask {
  expectRle(mask, 'mask');
  const { width, height, counts } = mask;
  const data = new Uint8Array(width * height);
  for (const [start, end] of runsOf(counts)) {
    for (let at = start; at < end; at++) data[(at % height) * width + Math.floor(at / height)] = 1;
  }
  return { data, width, height };
}

/** Positions [from, to) of the runs of ones that are not empty. */
function* runsOf(counts: Uint32Array): Generator<readonly [number, number]> {
  for (let i = 1, start = counts[0] ?? 0; i < counts.length; i += 2) {
    const end = start + counts[i]!;
    if (end > start) yield [start, end];
    start = end + (counts[i + 1] ?? 0);
  }
}

/**
 * Number of pixels of the object.
 * @throws as `rleToMask`
 */
export function rleArea(mask: Rle): number {
  expectRle(mask, 'mask');
  const { counts } = mask;
  let area = 0;
  for (let i = 1; i < counts.length; i += 2) area += counts[i]!;
  return area;
}

/**
 * The smallest box around the object; of no pixel at all a box of size 0.
 * @throws as `rleToMask`
 */
export function rleBox(mask: Rle): Box {
  expectRle(mask, 'mask');
  const { counts, width, height } = mask;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (const [start, end] of runsOf(counts)) {
    const [first, last] = [Math.floor(start / height), Math.floor((end - 1) / height)];
    left = Math.min(left, first);
    right = Math.max(right, last);
    // A run over several columns has a pixel in the first row and in the last.
    top = first < last ? 0 : Math.min(top, start % height);
    bottom = first < last ? height - 1 : Math.max(bottom, (end - 1) % height);
  }
  return right < 0 ? { left: 0, top: 0, width: 0, height: 0 } : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** @throws ShapeError for masks of several sizes */
export function expectSameSize(a: Rle, b: Rle, place: string): void {
  if (a.width === b.width && a.height === b.height) return;
  wrong(place, `a mask of ${a.width} x ${a.height}`, `${b.width} x ${b.height}`, { as: ShapeError });
}

/**
 * Number of pixels that two masks of one size share.
 * @throws as `rleToMask`; ShapeError for masks of two sizes
 */
export function rleShared(first: Rle, second: Rle): number {
  expectRle(first, 'mask 0');
  expectRle(second, 'mask 1');
  expectSameSize(first, second, 'mask 1');
  const [{ counts: a }, { counts: b }] = [first, second];
  let [shared, i, j] = [0, 0, 0];
  let [leftA, leftB] = [a[0]!, b[0]!];
  while (i < a.length && j < b.length) {
    const step = Math.min(leftA, leftB);
    // Runs of ones have odd numbers.
    if ((i & j & 1) === 1) shared += step;
    leftA -= step;
    leftB -= step;
    if (leftA === 0) leftA = a[++i]!;
    if (leftB === 0) leftB = b[++j]!;
  }
  return shared;
}

/**
 * Pixels that belong to any of the masks.
 * @throws as `rleToMask`; ShapeError for no mask, or masks of several sizes
 */
export function rleUnion(masks: readonly Rle[]): Rle {
  expectList('masks', 'a list of masks', masks);
  const [first] = masks;
  if (first === undefined) return wrong('masks', 'at least one', 'none', { as: ShapeError });
  const runs: (readonly [number, number])[] = [];
  for (const [i, mask] of masks.entries()) {
    expectRle(mask, `mask ${i}`);
    expectSameSize(first, mask, `mask ${i}`);
    for (const run of runsOf(mask.counts)) runs.push(run);
  }
  runs.sort(([a], [b]) => a - b);
  const toggles: number[] = [];
  let end = -1;
  for (const [from, to] of runs) {
    if (from > end) {
      if (end >= 0) toggles.push(end);
      toggles.push(from);
    }
    end = Math.max(end, to);
  }
  if (end >= 0) toggles.push(end);
  return rleFromToggles(toggles, first.width, first.height);
}
