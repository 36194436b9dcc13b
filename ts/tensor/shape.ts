import { ShapeError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showShape } from '../base/show.js';

/** A dimension; null while it is open, as batch and image size usually are until a model is run. */
export type Dim = number | null;

/** Dimensions of a value: NCHW for maps. */
export type Shape = readonly Dim[];

/** The number of elements: the product of the dimensions, NaN if one is open. Dimensions that were not checked: `elementCount`. */
export function count(shape: Shape | undefined): number {
  return (shape ?? []).reduce<number>((product, dim) => product * (dim ?? Number.NaN), 1);
}

/** The product of the dimensions, null if one is open. */
export function productOf(dims: Shape): Dim {
  return dims.includes(null) ? null : count(dims);
}

/** An index, counted from the end if negative. */
export function fromEnd(index: number, length: number): number {
  return index < 0 ? index + length : index;
}

/** An axis, counted from the end if negative; undefined if there is none such. */
export function axisIn(axis: number, rank: number): number | undefined {
  const resolved = fromEnd(axis, rank);
  return Number.isInteger(resolved) && resolved >= 0 && resolved < rank ? resolved : undefined;
}

/**
 * The shape that all broadcast to: dimensions align at the end, a 1 stretches.
 * @throws ShapeError for shapes that do not
 */
export function broadcast(...shapes: readonly (readonly number[])[]): number[];
export function broadcast(...shapes: readonly Shape[]): Dim[];
export function broadcast(...shapes: readonly Shape[]): Dim[] {
  const rank = Math.max(0, ...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, i) => {
    const dims = shapes.map((shape) => (i < rank - shape.length ? 1 : (shape[i - rank + shape.length] ?? null))).filter((dim) => dim !== 1);
    const [known = dims[0]] = dims.filter((dim) => dim !== null);
    if (dims.every((dim) => dim === null || dim === known)) return known === undefined ? 1 : known;
    const [expected, ...others] = shapes.map(showShape);
    const got = others.join(' and ');
    wrong(undefined, `shapes that broadcast with ${expected}`, got, { as: ShapeError });
  });
}

/** Elements from one index of each dimension to the next, row-major. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Strides with which a tensor of `shape` is read as one of the broadcast shape `to`: 0 where it stretches. */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const own = stridesOf(shape);
  const missing = to.length - shape.length;
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!));
}
