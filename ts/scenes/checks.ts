import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';

/** The largest side of a scene. */
export const MAX_SIZE = 4096;

/** @throws ArgumentError naming the place, for what is no whole number in a range */
export function expectWhole(place: string, value: unknown, least: number, most: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  wrong(place, `a whole number from ${least} to ${most}`, showValue(value));
}

/** @throws ArgumentError naming the place, for what is no number in a range */
export function expectNumber(place: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  wrong(place, `a number from ${least} to ${most}`, showValue(value));
}

/** @throws ArgumentError naming the place, for what are no two numbers in a range, the smaller first */
export function expectPair(place: string, pair: unknown, least: number, most: number, whole = false): void {
  const fits = (value: unknown): boolean => (whole ? Number.isSafeInteger(value) : typeof value === 'number') && (value as number) >= least && (value as number) <= most;
  if (Array.isArray(pair) && pair.length === 2 && pair.every(fits) && pair[0] <= pair[1]) return;
  const got = Array.isArray(pair) ? `[${pair.map(showValue).join(', ')}]` : showValue(pair);
  wrong(place, `two ${whole ? 'whole ' : ''}numbers from ${least} to ${most}, the smaller first`, got);
}

/** How many scenes there are; without a number as many as there are random numbers for. @throws ArgumentError */
export function countOf(place: string, count: number | undefined): number {
  if (count === undefined || count === Infinity) return MAX_COUNT;
  expectWhole(`${place}: count`, count, 1, MAX_COUNT);
  return count;
}

/** Scenes of one seed: the number of a scene is a word of the generator's counter. */
export const MAX_COUNT = 0x1_0000_0000;
