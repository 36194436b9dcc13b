import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, dtypeOf, scalar } from '../../form/tensors.js';
import type { HostTensor, OnnxDtype } from '../../form/types.js';
import { roundEven } from '../elementwise/elementwise.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { stridesOf } from '../../../tensor/shape.js';
import { axisOf } from '../../form/axis.js';
import { isFloat, rangeOf, rounded, roundToBfloat, roundToHalf } from '../lib/types.js';

/**
 * Where the scale of each element is: one for all, one for each index of an axis, or one for each block of an axis.
 * @returns the index into the scales for an element
 */
function scaleIndex(context: HostContext, x: HostTensor, scale: HostTensor): (i: number) => number {
  if (scale.data.length === 1) return () => 0;
  const axis = axisOf(context.attributes.int('axis', 1), x.shape.length);
  const [inner, dim] = [stridesOf(x.shape)[axis]!, x.shape[axis]!];
  const block = context.attributes.int('block_size', 0);
  if (block < 0) wrong('block_size', 'at least 0', String(block), { as: FormatError });
  if (block === 0 && scale.shape.length === 1 && scale.data.length === dim) return (i) => Math.floor(i / inner) % dim;
  const blocks = scale.shape[axis] ?? 0;
  const length = block > 0 ? block : Math.ceil(dim / blocks);
  const fits =
    scale.shape.length === x.shape.length &&
    scale.shape.every((d, i) => (i === axis ? d === Math.ceil(dim / length) : d === x.shape[i]));
  if (!fits) wrong('scale', `scales for ${showShape(x.shape)}`, showShape(scale.shape), { as: ShapeError });
  return (i) => {
    const [outer, at] = [Math.floor(i / (inner * dim)), Math.floor(i / inner) % dim];
    return (outer * blocks + Math.floor(at / length)) * inner + (i % inner);
  };
}

/** The zero points, which are as many as the scales; none means 0. */
function zerosOf(context: HostContext, scale: HostTensor): HostTensor | undefined {
  const zero = context.inputs[2];
  if (!zero || zero.data.length === scale.data.length) return zero;
  wrong('zero_point', `${scale.data.length} zero points, one for each scale`, showShape(zero.shape), { as: ShapeError });
}

/** round(x / scale) + zero point, to nearest even, at the ends of the type where it is past them. */
export function quantised(value: number, zero: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, roundEven(value) + zero));
}

/** Types that numbers are quantised to. */
const QUANTISED: readonly OnnxDtype[] = ['int8', 'uint8', 'int16', 'uint16', 'int32'];

function quantisedType({ attributes }: HostContext, zero: HostTensor | undefined): OnnxDtype {
  const asked = attributes.int('output_dtype', 0);
  const dtype = asked === 0 ? (zero?.dtype ?? 'uint8') : dtypeOf(asked, 'output_dtype');
  if (zero && zero.dtype !== dtype) {
    wrong('output_dtype', `${zero.dtype}, as the zero point is`, dtype, { as: FormatError });
  }
  if (QUANTISED.includes(dtype)) return dtype;
  wrong('output_dtype', `one of ${QUANTISED.join(', ')}`, dtype, { as: FormatError });
}

/** How quotients are rounded before they become integers: to float32, unless `precision` says otherwise. */
function precisionOf({ attributes }: HostContext): (quotient: number) => number {
  const asked = attributes.int('precision', 0);
  const dtype = asked === 0 ? 'float32' : dtypeOf(asked, 'precision');
  if (dtype === 'float16') return roundToHalf;
  if (dtype === 'bfloat16') return roundToBfloat;
  return dtype === 'float64' ? (quotient) => quotient : Math.fround;
}

const quantizeLinear: Compute = (context) => {
  const [x, scale] = [required(context, 0), required(context, 1)];
  const zero = zerosOf(context, scale);
  const dtype = quantisedType(context, zero);
  const [least, most] = rangeOf(dtype);
  const [at, precise] = [scaleIndex(context, x, scale), precisionOf(context)];
  const data = allocate(dtype, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const k = at(i);
    data[i] = quantised(precise(x.data[i]! / scale.data[k]!), zero?.data[k] ?? 0, least, most);
  }
  return [{ dtype, shape: x.shape, data }];
};

const dequantizeLinear: Compute = (context) => {
  const [x, scale] = [required(context, 0), required(context, 1)];
  const zero = zerosOf(context, scale);
  const asked = context.attributes.int('output_dtype', 0);
  const dtype = asked === 0 ? scale.dtype : dtypeOf(asked, 'output_dtype');
  if (!isFloat(dtype)) wrong('output_dtype', 'a float', dtype, { as: FormatError });
  const at = scaleIndex(context, x, scale);
  const data = allocate(dtype, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const k = at(i);
    data[i] = (x.data[i]! - (zero?.data[k] ?? 0)) * scale.data[k]!;
  }
  return [rounded({ dtype, shape: x.shape, data })];
};

const dynamicQuantizeLinear: Compute = (context) => {
  const x = required(context, 0);
  let [least, most] = [0, 0];
  for (const value of x.data) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  // Where all are 0 any scale will do.
  const scale = Math.fround(Math.fround(most - least) / 255) || 1;
  const zero = quantised(Math.fround(-least / scale), 0, 0, 255);
  const data = Uint8Array.from(x.data, (value) => quantised(Math.fround(value / scale), zero, 0, 255));
  return [{ dtype: 'uint8', shape: x.shape, data }, scalar('float32', scale), scalar('uint8', zero)];
};

export const quantizeOps: HostOps = {
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  QuantizeLinear: quantizeLinear,
  // ONNX Runtime's own, from before ONNX knew 16-bit integers.
  'com.microsoft:DequantizeLinear': dequantizeLinear,
  'com.microsoft:QuantizeLinear': quantizeLinear,
};
