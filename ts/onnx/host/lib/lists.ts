import { FormatError, UnsupportedError } from '../../../base/errors.js';
import { required } from './op.js';
import type { HostContext } from './op.js';
import { axisOf } from '../../form/axis.js';

/** More than any model has; what is walked along takes time for each of them. */
const MAX_DIMENSIONS = 64;

/** Integers that are an attribute or an input, if they are there at all. */
export function integersOf(context: HostContext, name: string, index: number): readonly number[] | undefined {
  const list = context.attributes.intsOr(name, context.inputs[index]);
  const wrong = list?.find((value) => !Number.isInteger(value));
  if (wrong === undefined) return list;
  throw new FormatError(`${name}: ${wrong} is no integer`, { place: name, got: String(wrong) });
}

/** Integers that must be there, as an attribute or an input. */
export function requiredIntegers(context: HostContext, name: string, index: number): readonly number[] {
  const list = integersOf(context, name, index);
  if (list) return list;
  throw new FormatError(`${name} is missing, as an attribute and as input ${index}`, { place: name });
}

/** The shape that an input asks for. */
export function shapeInput(context: HostContext, index: number): readonly number[] {
  required(context, index);
  return checkedShape(requiredIntegers(context, 'shape', index));
}

/** @throws FormatError for a negative size, UnsupportedError for more dimensions than there can be */
export function checkedShape(shape: readonly number[]): readonly number[] {
  const wrong = shape.find((dim) => !Number.isSafeInteger(dim) || dim < 0);
  if (wrong !== undefined) throw new FormatError(`shape: there is no size ${wrong}`, { place: 'shape', got: String(wrong) });
  if (shape.length <= MAX_DIMENSIONS) return shape;
  throw new UnsupportedError(`shape: ${shape.length} dimensions are more than ${MAX_DIMENSIONS}`, { place: 'shape', got: String(shape.length) });
}

/** Axes that may count from the end, none of them twice. */
export function distinctAxes(axes: readonly number[], rank: number): number[] {
  const resolved = axes.map((axis) => axisOf(axis, rank));
  if (new Set(resolved).size === resolved.length) return resolved;
  throw new FormatError(`axes [${axes.join(', ')}] name an axis twice`, { place: 'axes', got: axes.join(', ') });
}
