import { FormatError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { fromEnd } from '../../tensor/shape.js';

/** Where a slice of an axis begins and how many it takes. @throws FormatError for a step of 0 */
export function sliceExtent(dim: number, start: number, end: number, step: number): { first: number; count: number } {
  if (step === 0) wrong('steps', 'steps other than 0', String(0), { as: FormatError });
  const clamp = (at: number, least: number, most: number): number => Math.min(most, Math.max(least, fromEnd(at, dim)));
  const first = step > 0 ? clamp(start, 0, dim) : clamp(start, 0, dim - 1);
  const stop = step > 0 ? clamp(end, 0, dim) : clamp(end, -1, dim - 1);
  return { first, count: Math.max(0, Math.ceil((stop - first) / step)) };
}
