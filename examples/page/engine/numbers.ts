/** Numbers in the order of the last dimension. */
export interface Numbers {
  readonly dtype: 'float32';
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export const numbersOf = (data: ArrayLike<number>, shape: readonly number[]): Numbers => ({ dtype: 'float32', shape, data: Float32Array.from(data) });
