import { FormatError } from '../../base/errors.js';
import { axisIn } from '../../tensor/shape.js';

/** An axis that may count from the end. @throws FormatError if there is none such */
export function axisOf(axis: number, rank: number): number {
  const resolved = axisIn(axis, rank);
  if (resolved !== undefined) return resolved;
  throw new FormatError(`axis ${axis} of ${rank} dimensions`, { place: 'axis', got: String(axis) });
}
