import { WeightsError } from '../errors.js';
import type { Tensor } from '../tensor/tensor.js';

/** Bytes of one element of every type a weight may be stored in. */
export const STORED_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

export type StoredDtype = keyof typeof STORED_BYTES;

/** A tensor as it lies in a file: little-endian elements, row-major, not necessarily aligned. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Named tensors, read one at a time. */
export interface TensorSource {
  names(): Iterable<string>;
  /** @throws WeightsError if there is none of that name */
  get(name: string): StoredTensor;
}

/** A source over tensors in memory; nothing is copied. */
export function sourceOf(tensors: Iterable<StoredTensor>): TensorSource {
  const byName = new Map([...tensors].map((stored) => [stored.name, stored]));
  return {
    names: () => byName.keys(),
    get(name) {
      const found = byName.get(name);
      if (found) return found;
      throw new WeightsError(`${name}: no tensor of this name`, { place: name, expected: name });
    },
  };
}

/** A tensor as if it came from a file; its numbers are not copied. */
export function store(name: string, { data, shape }: Tensor): StoredTensor {
  return { name, dtype: 'F32', shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
