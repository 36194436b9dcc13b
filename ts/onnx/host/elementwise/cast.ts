import { FormatError, UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { allocate, dtypeOf } from '../../form/tensors.js';
import type { HostTensor, OnnxDtype } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { HostContext, HostOps } from '../lib/op.js';
import { isFloat, rangeOf, rounded, roundToHalf } from '../lib/types.js';

/** Numbers of the types' names (TensorProto.DataType), which opset 1 spelled out. */
const NAMES: Readonly<Record<string, number>> = {
  UNDEFINED: 0,
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
};

/**
 * The numbers in another type. Floats lose their fraction on the way to integers; what does not fit wraps around, as in
 * NumPy and ONNX Runtime, except what no standard defines: NaN becomes 0 and infinities, or floats past 64 bits, the ends
 * of the range.
 */
export function cast(x: HostTensor, dtype: OnnxDtype): HostTensor {
  if (x.dtype === dtype) return x;
  const data = allocate(dtype, x.data.length);
  const convert = converter(x.dtype, dtype);
  for (let i = 0; i < data.length; i++) data[i] = convert(x.data[i]!);
  return rounded({ dtype, shape: x.shape, data });
}

function converter(from: OnnxDtype, to: OnnxDtype): (value: number) => number {
  if (to === 'bool') return (value) => (value === 0 ? 0 : 1);
  // At once: by way of float32 it would be rounded twice.
  if (to === 'float16') return roundToHalf;
  if (isFloat(to)) return (value) => value;
  if (to === 'int64' || to === 'uint64') return isFloat(from) ? saturating(to) : exact(from, to);
  return wrapping(from, to);
}

function saturating(to: OnnxDtype): (value: number) => number {
  const [least, most] = rangeOf(to);
  // Adding 0 makes a negative zero positive.
  return (value) => (Number.isNaN(value) ? 0 : Math.max(least, Math.min(most, Math.trunc(value))) + 0);
}

/**
 * Integers in 64 bits. One that wraps around comes out past 2^53, or was, where a double does not hold it exactly; only all
 * bits set, -1 and the largest uint64, which is kept as 2^64, are known to be each other.
 */
function exact(from: OnnxDtype, to: OnnxDtype): (value: number) => number {
  const unsigned = to === 'uint64';
  return (value) => {
    if (unsigned ? value >= 0 : value < 2 ** 63) return value;
    if (value === (unsigned ? -1 : 2 ** 64)) return unsigned ? 2 ** 64 : -1;
    wrong(undefined, `${from} that fits ${to}, or wraps around exactly`, String(value), { as: UnsupportedError });
  };
}

/** Into at most 32 bits, the lowest of the number. */
function wrapping(from: OnnxDtype, to: OnnxDtype): (value: number) => number {
  const [least, most] = rangeOf(to);
  const span = most - least + 1;
  return (value) => {
    if (Number.isNaN(value)) return 0;
    if (!Number.isFinite(value)) return value < 0 ? least : most;
    const whole = isFloat(from) ? Math.trunc(value) : lowBitsKept(value, from);
    if (whole >= least && whole <= most) return whole + 0;
    return ((((whole - least) % span) + span) % span) + least;
  };
}

/**
 * A number with the lowest bits of a 64-bit integer that a double may have rounded. Those of the ends of the range, which
 * stand for "no limit", are known.
 */
function lowBitsKept(value: number, from: OnnxDtype): number {
  if (Math.abs(value) <= 2 ** 53 || value === -(2 ** 63)) return value;
  if (value === rangeOf(from)[1]) return -1;
  wrong(undefined, `${from} within 2^53, whose lowest bits are known`, String(value), { as: UnsupportedError });
}

/** The type that the attribute `to` says. */
function target({ attributes, opset }: HostContext): OnnxDtype {
  if (opset >= 6) return dtypeOf(attributes.int('to'), 'to');
  const name = attributes.string('to');
  if (Object.hasOwn(NAMES, name)) return dtypeOf(NAMES[name]!, 'to');
  wrong('to', 'the name of an element type', name, { as: FormatError });
}

export const castOps: HostOps = {
  Cast: (context) => [cast(required(context, 0), target(context))],
  CastLike: { compute: (context) => [cast(required(context, 0), required(context, 1).dtype)], formOnly: [1] },
};
