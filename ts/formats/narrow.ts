import { WeightsError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { StoredTensor } from './stored.js';
import { widen } from './widen.js';
import { count } from '../tensor/shape.js';

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

/** From here on the nearest half is infinity. */
const TOO_LARGE = 65520;

/**
 * A tensor as float16, rounded to nearest; one that is so already stays what it is.
 * @throws WeightsError for a number that has no half: past 65504, but finite
 */
export function narrow(stored: StoredTensor): StoredTensor {
  if (stored.dtype === 'F16') return stored;
  const { name, shape } = stored;
  const floats = widen(stored, 0, count(stored.shape));
  const large = floats.find((value) => Math.abs(value) >= TOO_LARGE && Number.isFinite(value));
  if (large !== undefined) {
    const hint = 'store the model as f32';
    wrong(name, 'numbers up to 65504, which is all that float16 holds', String(large), { as: WeightsError, hint });
  }
  const halves = Uint16Array.from(floats, halfBits);
  return { name, shape, dtype: 'F16', bytes: new Uint8Array(halves.buffer) };
}

/** A tensor as float32; the bytes of one that is so already are not copied. */
export function asFloats(stored: StoredTensor): StoredTensor {
  if (stored.dtype === 'F32') return stored;
  const { name, shape } = stored;
  const { buffer, byteOffset, byteLength } = widen(stored, 0, count(stored.shape));
  return { name, shape, dtype: 'F32', bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}
