import { WeightsError } from '../base/errors.js';
import { showShape, showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { isBuffer } from '../tensor/arrays.js';
import { elementCount } from '../tensor/tensor.js';
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
} as const satisfies Record<StoredDtype, number>;

/** An element type, as safetensors names it. */
export type StoredDtype = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U64' | 'U32' | 'U16' | 'U8' | 'BOOL';

/** Bytes that need not be in memory. */
export interface ByteSource {
  readonly byteLength: number;
  /**
   * Some of them, which the caller does not change.
   * @param transient - the caller is done with them before it reads again, so that one buffer may serve many reads
   */
  read(begin: number, end: number, transient?: boolean): Uint8Array;
}

/** A part of a source, as a source. */
export function partOf(source: ByteSource, begin: number, end: number): ByteSource {
  return { byteLength: end - begin, read: (from, to, transient) => source.read(begin + from, begin + to, transient) };
}

/** Bytes in memory, as views; of memory that threads share, as copies: text decoders and digests refuse the original. */
export function inMemory(bytes: Uint8Array): ByteSource {
  const { byteLength, buffer } = bytes;
  if (isBuffer(buffer)) return { byteLength, read: (begin, end) => bytes.subarray(begin, end) };
  return { byteLength, read: (begin, end) => bytes.slice(begin, end) };
}

/** A tensor as it lies in a file: little-endian elements, row-major, not necessarily aligned. */
export interface StoredTensor {
  /** As the graph's parameters are called: `features.0.weight`. */
  readonly name: string;
  /** Element type, as safetensors names it: `F32`. */
  readonly dtype: StoredDtype;
  /** Dimensions. */
  readonly shape: readonly number[];
  /** All bytes; of a tensor with a source they are read when they are asked for. */
  readonly bytes: Uint8Array;
  /** Where the bytes are, if not in memory. @internal */
  readonly source?: ByteSource | undefined;
}

/** A tensor whose bytes are read piece by piece. */
export function storedIn(source: ByteSource, name: string, dtype: StoredDtype, shape: readonly number[]): StoredTensor {
  return {
    name,
    dtype,
    shape,
    source,
    get bytes() {
      return source.read(0, source.byteLength);
    },
  };
}

/** The number of bytes, without reading them. */
export function byteLengthOf(stored: StoredTensor): number {
  return stored.source ? stored.source.byteLength : stored.bytes.byteLength;
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
      wrong(name, 'a tensor of this name', 'none', { as: WeightsError });
    },
  };
}

/** A tensor as if it came from a file; its numbers are not copied. */
export function store(name: string, { data, shape }: Tensor): StoredTensor {
  return { name, dtype: 'F32', shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * A stored tensor that was given from outside.
 * @throws ArgumentError for what is none; WeightsError for another number of bytes than shape and type have
 */
export function expectStored(place: string, one: unknown): StoredTensor {
  const { name, dtype, shape, bytes, source } = (typeof one === 'object' && one !== null ? one : {}) as Partial<StoredTensor>;
  if (typeof name !== 'string' || typeof dtype !== 'string' || !Array.isArray(shape) || !(source || bytes instanceof Uint8Array)) wrong(place, 'tensors with name, dtype, shape and bytes', showValue(one));
  const size = Object.hasOwn(STORED_BYTES, dtype) ? STORED_BYTES[dtype] : wrong(name, Object.keys(STORED_BYTES).join(', '), showValue(dtype));
  const [stored, expected] = [one as StoredTensor, size * elementCount(shape, name)];
  if (byteLengthOf(stored) !== expected) wrong(name, `${expected} bytes, as ${dtype} of the shape ${showShape(shape)} has`, String(byteLengthOf(stored)), { as: WeightsError });
  return stored;
}
