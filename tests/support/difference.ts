import type { Tensor } from '../../ts/tensor/tensor.js';

/** Infinite where one is missing or empty, where shapes differ, and where one has a NaN. */
export function largestDifference(a: Tensor | undefined, b: Tensor | undefined): number {
  if (!a || !b || a.data.length === 0 || a.shape.join() !== b.shape.join()) return Number.POSITIVE_INFINITY;
  let most = 0;
  a.data.forEach((value, i) => {
    const difference = Math.abs(value - (b.data[i] ?? NaN));
    most = Math.max(most, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  });
  return most;
}
