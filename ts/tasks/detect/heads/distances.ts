/** Where distributions lie. Strides are in elements. */
export interface Bins {
  readonly bins: number;
  /** From a bin to the next. */
  readonly stride: number;
}

/** The expectation of a softmax over bins that stand for 0, 1, 2, ... (Li et al. 2020, generalized focal loss, arXiv 2006.04388). */
export function expectation(values: Float32Array, from: number, { bins, stride }: Bins): number {
  let [sum, weighted, largest] = [0, 0, -Infinity];
  for (let i = 0; i < bins; i++) largest = Math.max(largest, values[from + i * stride]!);
  for (let i = 0; i < bins; i++) {
    const power = Math.exp(values[from + i * stride]! - largest);
    sum += power;
    weighted += power * i;
  }
  return weighted / sum;
}
