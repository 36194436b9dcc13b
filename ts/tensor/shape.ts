/** A dimension; null while it is open, as batch and image size usually are until a model is run. */
export type Dim = number | null;

/** Dimensions of a value: NCHW for maps. */
export type Shape = readonly Dim[];

/** The product of the dimensions, null if one is open. */
export function productOf(dims: Shape): Dim {
  return dims.reduce<Dim>((product, dim) => (product === null || dim === null ? null : product * dim), 1);
}
