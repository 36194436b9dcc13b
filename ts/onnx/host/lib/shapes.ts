import { ShapeError } from '../../../base/errors.js';
import { showShape } from '../../../base/show.js';

/** Elements from one index of each dimension to the next, row-major. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** The shape that all broadcast to: dimensions align at the end, a 1 stretches. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const dims = shapes.map((shape) => shape[i - rank + shape.length] ?? 1).filter((dim) => dim !== 1);
    const [dim = 1] = dims;
    if (dims.every((other) => other === dim)) return dim;
    throw new ShapeError(`shapes ${shapes.map(showShape).join(' and ')} do not broadcast`, { got: shapes.map(showShape).join(' and ') });
  });
}

/** Strides with which a tensor of `shape` is read as one of the broadcast shape `to`: 0 where it stretches. */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const own = stridesOf(shape);
  const missing = to.length - shape.length;
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!));
}

/**
 * Calls `visit` for every index of `shape` in row-major order, with the position in each of several operands that are read
 * with strides of their own.
 */
export function walk(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (index: number, positions: readonly number[]) => void,
): void {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const at = new Array<number>(shape.length).fill(0);
  const positions = strides.map(() => 0);
  for (let index = 0; index < count; index++) {
    visit(index, positions);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      strides.forEach((stride, k) => (positions[k]! += stride[axis]!));
      if (at[axis]! < shape[axis]!) break;
      strides.forEach((stride, k) => (positions[k]! -= stride[axis]! * shape[axis]!));
      at[axis] = 0;
    }
  }
}

/** Every position of an output shape, in row-major order. */
export function eachPosition(shape: readonly number[], visit: (index: number, position: readonly number[]) => void): void {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const position = shape.map(() => 0);
  for (let index = 0; index < count; index++) {
    visit(index, position);
    for (let d = shape.length - 1; d >= 0; d--) {
      position[d]!++;
      if (position[d]! < shape[d]!) break;
      position[d] = 0;
    }
  }
}
