import type { StoredTensor } from './stored.js';
import { widen } from './widen.js';

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest binary16 of a number, ties to even; past 65504 infinity. NaN keeps being one. */
export function halfBits(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 112;
  const fraction = word & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00 | (exponent === 143 && fraction !== 0 ? 0x200 : 0);
  // Below the normal range the leading 1 is spelled out and shifted away.
  const whole = exponent > 0 ? (exponent << 23) | fraction : fraction | 0x800000;
  const shift = exponent > 0 ? 13 : 14 - exponent;
  if (shift > 24) return sign;
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  // A carry out of the fraction raises the exponent, as it should.
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}

/** A tensor in half the bytes. */
export function narrow(stored: StoredTensor): StoredTensor {
  const { name, shape } = stored;
  const count = shape.reduce((product, dim) => product * dim, 1);
  const halves = Uint16Array.from(widen(stored, 0, count), halfBits);
  return { name, shape, dtype: 'F16', bytes: new Uint8Array(halves.buffer) };
}
