import { count } from '../../../tensor/shape.js';

/**
 * Calls `visit` for every index of `shape` in row-major order, with the position in each of several operands that are read
 * with strides of their own.
 */
export function walk(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (index: number, positions: readonly number[]) => void,
): void {
  const total = count(shape);
  const at = new Array<number>(shape.length).fill(0);
  const positions = strides.map(() => 0);
  for (let index = 0; index < total; index++) {
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
  const total = count(shape);
  const position = shape.map(() => 0);
  for (let index = 0; index < total; index++) {
    visit(index, position);
    for (let d = shape.length - 1; d >= 0; d--) {
      position[d]!++;
      if (position[d]! < shape[d]!) break;
      position[d] = 0;
    }
  }
}
