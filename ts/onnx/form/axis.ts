import { FormatError } from '../../base/errors.js';

/** An axis that may count from the end. @throws FormatError if there is none such */
export function axisOf(axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(resolved) && resolved >= 0 && resolved < rank) return resolved;
  throw new FormatError(`axis ${axis} of ${rank} dimensions`, { place: 'axis', got: String(axis) });
}
