import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import type { Port } from '../../session/inputs.js';
import type { AnyTensor, Dtype } from '../../tensor/tensor.js';
import { hostTensor } from '../form/tensors.js';
import type { HostTensor, OnnxDtype, OnnxPort } from '../form/types.js';

/** The types that callers see: 16-bit floats are float32 to them. */
export function surfaceDtype(dtype: OnnxDtype | undefined): Dtype {
  return dtype === undefined || dtype === 'float16' || dtype === 'bfloat16' ? 'float32' : dtype;
}

export function surfacePort({ name, dtype, shape }: OnnxPort): Port {
  const port = { name, dtype: surfaceDtype(dtype), mayBeEmpty: true as const };
  if (!shape) return { ...port, shape: [], anyRank: true };
  return { ...port, shape: shape.map((dim) => (typeof dim === 'number' && dim >= 0 ? dim : null)) };
}

export function toHost({ dtype, shape, data }: AnyTensor, wanted: OnnxDtype | undefined): HostTensor {
  const type = wanted ?? dtype;
  if (dtype === 'int64' || dtype === 'uint64') return hostTensor(type, shape, Float64Array.from(data, Number));
  return { dtype: type, shape, data: data };
}

/** A result, whose memory it takes over but for 64-bit integers. */
export function toSurface({ dtype, shape, data }: HostTensor): AnyTensor {
  const type = surfaceDtype(dtype);
  const own = { dtype: type, shape: [...shape] };
  if (type === 'int64') return { ...own, data: BigInt64Array.from(data, saturated) } as AnyTensor;
  if (type === 'uint64') return { ...own, data: BigUint64Array.from(data, BigInt) } as AnyTensor;
  return { ...own, data } as AnyTensor;
}

/** The doubles at the ends of the range stand for the integers there. */
function saturated(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return BigInt(value);
}

/**
 * What exporters write for any open dimension, as opposed to the name of one: nothing, Python's None, the words for "not fixed",
 * and `unk__7`, which tf2onnx numbers anew for each but copies with a shape.
 */
const NO_SYMBOL = /^(?:\W*|-1|none|null|nan|any|dyn|dynamic|unknown|undefined|unk(?:__|_)?\d*|\?.*)$/i;

/** @throws ShapeError where two dimensions of one symbol differ */
export function checkSymbols(ports: readonly OnnxPort[], shapes: readonly (readonly number[])[]): void {
  const sizes = new Map<string, { readonly size: number; readonly place: string }>();
  ports.forEach(({ name, shape = [] }, i) => {
    shape.forEach((symbol, axis) => {
      const size = shapes[i]?.[axis];
      if (typeof symbol === 'number' || NO_SYMBOL.test(symbol) || size === undefined) return;
      const place = `${name}, axis ${axis}`;
      const first = sizes.get(symbol);
      if (!first) sizes.set(symbol, { size, place });
      else if (first.size !== size) wrong(place, `${symbol} of ${first.size}, as ${first.place}`, String(size), { as: ShapeError });
    });
  });
}
