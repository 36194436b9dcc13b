import { FormatError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { axisIn } from '../../tensor/shape.js';

/** An axis that may count from the end. @throws FormatError if there is none such */
export function axisOf(axis: number, rank: number): number {
  const resolved = axisIn(axis, rank);
  if (resolved !== undefined) return resolved;
  wrong('axis', `an axis of ${rank} dimensions`, String(axis), { as: FormatError });
}
