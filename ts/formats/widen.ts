import { wrong } from '../base/wrong.js';
import { byteLengthOf, STORED_BYTES } from './stored.js';
import type { StoredDtype, StoredTensor } from './stored.js';

/**
 * `count` elements of a stored tensor as float32, from element `first` on.
 *
 * Weights are widened piece by piece so that no second full copy of them exists. For aligned F32 the result is a view of
 * the stored bytes: read it, do not write to it. F16 and BF16 are exact, NaN payloads included; F64 and integers round to
 * nearest; BOOL gives 0 and 1.
 *
 * @param transient - the result is used up before anything else is read
 * @throws ArgumentError for a range outside the tensor
 */
export function widen(stored: StoredTensor, first: number, count: number, transient = false): Float32Array {
  const size = STORED_BYTES[stored.dtype];
  const length = byteLengthOf(stored) / size;
  if (!(first >= 0 && count >= 0 && first + count <= length)) {
    const got = `${first}..${first + count}`;
    wrong(stored.name, `elements of a tensor of ${length}`, got);
  }
  const begin = first * size;
  const piece = stored.source?.read(begin, begin + count * size, transient) ?? stored.bytes.subarray(begin, begin + count * size);
  return READERS[stored.dtype](aligned(piece, size), count);
}

/** The bytes, copied only where their address is no multiple of the element size. */
function aligned(piece: Uint8Array, size: number): Uint8Array {
  return piece.byteOffset % size === 0 ? piece : new Uint8Array(piece);
}

type Reader = (bytes: Uint8Array, count: number) => Float32Array;

/** A reader through a typed array whose conversion to float32 is the one JavaScript does on assignment. */
function through(View: new (buffer: ArrayBufferLike, offset: number, count: number) => ArrayLike<number>): Reader {
  return (bytes, count) => new Float32Array(new View(bytes.buffer, bytes.byteOffset, count));
}

function throughBigInt(View: new (buffer: ArrayBufferLike, offset: number, count: number) => ArrayLike<bigint>): Reader {
  return (bytes, count) => Float32Array.from(new View(bytes.buffer, bytes.byteOffset, count), Number);
}

const READERS: Record<StoredDtype, Reader> = {
  F32: (bytes, count) => new Float32Array(bytes.buffer, bytes.byteOffset, count),
  F64: through(Float64Array),
  F16: (bytes, count) => widenBits(new Uint16Array(bytes.buffer, bytes.byteOffset, count), halfTable()),
  BF16: (bytes, count) => widenBits(new Uint16Array(bytes.buffer, bytes.byteOffset, count), undefined),
  I64: throughBigInt(BigInt64Array),
  U64: throughBigInt(BigUint64Array),
  I32: through(Int32Array),
  U32: through(Uint32Array),
  I16: through(Int16Array),
  U16: through(Uint16Array),
  I8: through(Int8Array),
  U8: through(Uint8Array),
  BOOL: (bytes, count) => Float32Array.from(bytes.subarray(0, count), (byte) => (byte === 0 ? 0 : 1)),
};

/**
 * 16-bit floats to float32 by their bits. Integers, because a NaN assigned through a float may lose its payload.
 * @param table - float32 bits of each half; without one the halves are bfloat16, the upper half of a float32
 */
function widenBits(halves: Uint16Array, table: Uint32Array | undefined): Float32Array {
  const bits = new Uint32Array(halves.length);
  if (table) for (let i = 0; i < bits.length; i++) bits[i] = table[halves[i]!]!;
  else for (let i = 0; i < bits.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

let halves: Uint32Array | undefined;

/** 65,536 entries, made at the first use: a look-up costs a third of the arithmetic. */
function halfTable(): Uint32Array {
  halves ??= Uint32Array.from({ length: 0x10000 }, (_, half) => halfToFloatBits(half));
  return halves;
}

/** IEEE 754 binary16 bits (1 sign, 5 exponent, 10 fraction) to binary32 bits (1, 8, 23); every half is exact. */
export function halfToFloatBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  // A subnormal half is a normal float: shift until the leading 1 becomes the implied one.
  const shift = Math.clz32(fraction) - 21;
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)) >>> 0;
}
