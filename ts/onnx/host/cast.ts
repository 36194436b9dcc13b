import { allocate, dtypeOf } from '../tensors.js';
import type { HostTensor, OnnxDtype } from '../types.js';
import { required } from './op.js';
import type { HostOps } from './op.js';
import { isFloat, rangeOf, rounded } from './types.js';

/**
 * The numbers in another type. Floats lose their fraction on the way to integers; what does not fit wraps around, as in
 * NumPy and ONNX Runtime, except NaN and infinities, which no standard defines: they become 0 and the ends of the range.
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
  if (isFloat(to)) return (value) => value;
  const [least, most] = rangeOf(to);
  const span = most - least + 1;
  const sixtyFour = to === 'int64' || to === 'uint64';
  return (value) => {
    if (Number.isNaN(value)) return isFloat(from) && !sixtyFour ? 0 : least;
    const whole = Math.trunc(value);
    if (whole >= least && whole <= most) return whole + 0;
    if (sixtyFour || !Number.isFinite(whole)) return whole < least ? least : most;
    return ((((whole - least) % span) + span) % span) + least;
  };
}

export const castOps: HostOps = {
  Cast: (context) => [cast(required(context, 0), dtypeOf(context.attributes.int('to'), 'to'))],
  CastLike: (context) => [cast(required(context, 0), required(context, 1).dtype)],
};
