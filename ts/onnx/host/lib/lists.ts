import { FormatError, UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { required } from './op.js';
import type { HostContext } from './op.js';
import { axisOf } from '../../form/axis.js';

/** More than any model has; what is walked along takes time for each of them. */
const MAX_DIMENSIONS = 64;

/** Integers that are an attribute or an input, if they are there at all. */
export function integersOf(context: HostContext, name: string, index: number): readonly number[] | undefined {
  const list = context.attributes.intsOr(name, context.inputs[index]);
  const odd = list?.find((value) => !Number.isInteger(value));
  if (odd === undefined) return list;
  wrong(name, 'integers', String(odd), { as: FormatError });
}

/** Integers that must be there, as an attribute or an input. */
export function requiredIntegers(context: HostContext, name: string, index: number): readonly number[] {
  const list = integersOf(context, name, index);
  if (list) return list;
  wrong(name, `an attribute, or input ${index}`, 'none', { as: FormatError });
}

/** The shape that an input asks for. */
export function shapeInput(context: HostContext, index: number): readonly number[] {
  required(context, index);
  return checkedShape(requiredIntegers(context, 'shape', index));
}

/** @throws FormatError for a negative size, UnsupportedError for more dimensions than there can be */
export function checkedShape(shape: readonly number[]): readonly number[] {
  const odd = shape.find((dim) => !Number.isSafeInteger(dim) || dim < 0);
  if (odd !== undefined) wrong('shape', 'whole sizes from 0 on', String(odd), { as: FormatError });
  if (shape.length <= MAX_DIMENSIONS) return shape;
  wrong('shape', `at most ${MAX_DIMENSIONS} dimensions`, String(shape.length), { as: UnsupportedError });
}

/** Axes that may count from the end, none of them twice. */
export function distinctAxes(axes: readonly number[], rank: number): number[] {
  const resolved = axes.map((axis) => axisOf(axis, rank));
  if (new Set(resolved).size === resolved.length) return resolved;
  wrong('axes', 'each axis once', axes.join(', '), { as: FormatError });
}
