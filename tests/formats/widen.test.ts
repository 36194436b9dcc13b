import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../ts/base/errors.js';
import type { StoredDtype, StoredTensor } from '../../ts/formats/stored.js';
import { widen } from '../../ts/formats/widen.js';

function stored(dtype: StoredDtype, data: ArrayBufferView, length: number): StoredTensor {
  return { name: 'w', dtype, shape: [length], bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function bits(floats: Float32Array): number[] {
  return [...new Uint32Array(floats.buffer, floats.byteOffset, floats.length)];
}

/** binary16 by its definition: (-1)^s * 2^(e - 15) * (1 + f / 1024), subnormals (-1)^s * 2^-14 * f / 1024. */
function half(code: number): number {
  const sign = code >> 15 === 0 ? 1 : -1;
  const exponent = (code >> 10) & 31;
  const fraction = (code & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? 2 ** -14 * fraction : 2 ** (exponent - 15) * (1 + fraction));
}

describe('widen', () => {
  it('gives every one of the 65,536 halves exactly', () => {
    const codes = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const got = widen(stored('F16', codes, codes.length), 0, codes.length);
    const wrong = [...codes].filter((code) => !Object.is(got[code], half(code)));
    expect(wrong).toEqual([]);
  });

  it('keeps sign and payload of halves that are no number', () => {
    const codes = Uint16Array.of(0x7c01, 0x7e00, 0xfe01, 0xffff);
    expect(bits(widen(stored('F16', codes, 4), 0, 4))).toEqual([0x7f802000, 0x7fc00000, 0xffc02000, 0xffffe000]);
  });

  it('gives every bfloat16 as the upper half of a float32', () => {
    const codes = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const got = bits(widen(stored('BF16', codes, codes.length), 0, codes.length));
    expect(got.every((value, code) => value === code * 65536)).toBe(true);
  });

  it.each([
    ['F64', Float64Array.of(1.5, -2, 1e300), [1.5, -2, Infinity]],
    ['I64', BigInt64Array.of(-1n, 7n, 2n ** 40n), [-1, 7, 2 ** 40]],
    ['U64', BigUint64Array.of(1n, 2n ** 63n, 0n), [1, 2 ** 63, 0]],
    ['I32', Int32Array.of(-5, 0, 9), [-5, 0, 9]],
    ['U32', Uint32Array.of(5, 2 ** 31, 9), [5, 2 ** 31, 9]],
    ['I16', Int16Array.of(-5, 0, 9), [-5, 0, 9]],
    ['U16', Uint16Array.of(5, 65535, 9), [5, 65535, 9]],
    ['I8', Int8Array.of(-5, 0, 9), [-5, 0, 9]],
    ['U8', Uint8Array.of(255, 0, 9), [255, 0, 9]],
    ['BOOL', Uint8Array.of(0, 1, 255), [0, 1, 1]],
  ] as const)('converts %s', (dtype, data, expected) => {
    expect([...widen(stored(dtype, data, 3), 0, 3)]).toEqual(expected);
    expect([...widen(stored(dtype, data, 3), 1, 1)]).toEqual([expected[1]]);
  });

  it('does not copy aligned float32', () => {
    const data = Float32Array.of(1, 2, 3, 4);
    expect(widen(stored('F32', data, 4), 1, 2).buffer).toBe(data.buffer);
  });

  it.each([1, 2, 3])('reads float32 at an odd address (%d)', (offset) => {
    const bytes = Buffer.alloc(offset + 12);
    [1, -2, 3].forEach((value, i) => bytes.writeFloatLE(value, offset + 4 * i));
    const misaligned: StoredTensor = { name: 'w', dtype: 'F32', shape: [3], bytes: bytes.subarray(offset) };
    expect([...widen(misaligned, 0, 3)]).toEqual([1, -2, 3]);
    expect([...widen(misaligned, 1, 2)]).toEqual([-2, 3]);
  });

  it.each([[-1, 1], [0, 4], [3, 1], [0, NaN]])('refuses elements from %d, %d of them', (first, count) => {
    expect(() => widen(stored('F32', new Float32Array(3), 3), first, count)).toThrow(ArgumentError);
  });
});
