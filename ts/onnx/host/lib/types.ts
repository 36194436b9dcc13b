import { UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import type { HostTensor, OnnxDtype } from '../../form/types.js';

export function isFloat(dtype: OnnxDtype): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16';
}

/** Bits and sign of the integer types that arithmetic wraps around in. */
const WIDTHS: Readonly<Partial<Record<OnnxDtype, readonly [bits: number, signed: boolean]>>> = {
  int8: [8, true],
  uint8: [8, false],
  int16: [16, true],
  uint16: [16, false],
  int32: [32, true],
  uint32: [32, false],
};

/**
 * An integer brought into the range of its type, around which it wraps. 64-bit integers are doubles here: a result that a
 * double cannot hold exactly is refused, not rounded.
 */
export function wrapped(dtype: OnnxDtype, value: number): number {
  if (isFloat(dtype) || dtype === 'bool') return value;
  const width = WIDTHS[dtype];
  const whole = Math.trunc(value);
  if (!width) {
    if (Number.isSafeInteger(whole)) return whole;
    wrong(undefined, `results of ${dtype} arithmetic within 2^53`, String(value), { as: UnsupportedError });
  }
  const [bits, signed] = width;
  if (Math.abs(whole) < 2 ** (bits - 1)) return whole < 0 && !signed ? whole + 2 ** bits : whole;
  return Number(signed ? BigInt.asIntN(bits, BigInt(whole)) : BigInt.asUintN(bits, BigInt(whole)));
}

/** The least and largest value of an integer type. */
export function rangeOf(dtype: OnnxDtype): readonly [number, number] {
  const width = WIDTHS[dtype];
  if (!width) return [dtype === 'uint64' ? 0 : -(2 ** 63), dtype === 'uint64' ? 2 ** 64 : 2 ** 63];
  const [bits, signed] = width;
  return signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

/** A 16-bit float tensor with every number rounded to what 16 bits hold; others as they are. */
export function rounded(tensor: HostTensor): HostTensor {
  const { dtype, data } = tensor;
  if (dtype === 'float16') for (let i = 0; i < data.length; i++) data[i] = roundToHalf(data[i]!);
  if (dtype === 'bfloat16') for (let i = 0; i < data.length; i++) data[i] = roundToBfloat(data[i]!);
  return tensor;
}

/** To nearest, ties to even: 11 significant bits, exponents -24 to 15. */
export function roundToHalf(x: number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), -14);
  const unit = 2 ** (exponent - 10);
  const scaled = x / unit;
  const nearest = Math.abs(scaled % 1) === 0.5 ? 2 * Math.round(scaled / 2) : Math.round(scaled);
  const result = nearest * unit;
  return Math.abs(result) > 65504 ? Math.sign(x) * Infinity : result;
}

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** To nearest, ties to even: the upper 16 bits of a float32. */
export function roundToBfloat(x: number): number {
  floats[0] = x;
  if (Number.isNaN(x)) return x;
  const upper = bits[0]! >>> 16;
  const lower = bits[0]! & 0xffff;
  const up = lower > 0x8000 || (lower === 0x8000 && (upper & 1) === 1);
  bits[0] = ((upper + (up ? 1 : 0)) << 16) >>> 0;
  return floats[0];
}
