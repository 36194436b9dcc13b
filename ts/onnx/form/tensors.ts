import { FormatError, UnsupportedError } from '../../base/errors.js';
import { failed, wrong } from '../../base/wrong.js';
import { STORED_BYTES } from '../../formats/stored.js';
import type { ByteSource, StoredDtype } from '../../formats/stored.js';
import { widen } from '../../formats/widen.js';
import { elementCount } from '../../tensor/tensor.js';
import { showShape } from '../../base/show.js';
import type { HostTensor, Numbers, OnnxDtype } from './types.js';

/** Numbers of the wire format (TensorProto.DataType). */
const DTYPES: Readonly<Record<number, OnnxDtype>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
};

/** Names of those that are read but not computed in, for messages. */
const OTHER_TYPES: Readonly<Record<number, string>> = {
  0: 'undefined',
  8: 'string',
  14: 'complex64',
  15: 'complex128',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
  24: 'float8e8m0',
};

/** How each type is stored in a file. */
const STORED: Readonly<Record<OnnxDtype, StoredDtype>> = {
  float32: 'F32',
  float64: 'F64',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint64: 'U64',
  uint32: 'U32',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
};

interface ArrayType {
  new (length: number): Numbers;
  from(values: Iterable<number>): Numbers;
}

/** What each type is kept in. */
const ARRAYS: Readonly<Record<OnnxDtype, ArrayType>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Float32Array,
  bfloat16: Float32Array,
  int64: Float64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: Float64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Elements that one tensor may have: 1 GB of floats. */
export const MAX_ELEMENTS = 2 ** 28;
let limit = MAX_ELEMENTS;

/** A tensor is larger than was allowed here. */
export class TooLargeError extends UnsupportedError {}

/** Does some work in which no tensor may have more elements than so many: a file decides what it computes. */
export function withLimit<Result>(elements: number, work: () => Result): Result {
  const before = limit;
  limit = Math.min(limit, elements);
  try {
    return work();
  } finally {
    limit = before;
  }
}

/** @throws UnsupportedError for types that are not computed in, FormatError for numbers that are no type */
export function dtypeOf(type: number, place: string): OnnxDtype {
  const dtype = DTYPES[type];
  if (dtype) return dtype;
  const name = OTHER_TYPES[type];
  if (name === undefined) wrong(place, 'the number of an element type', String(type), { as: FormatError });
  wrong(place, 'an element type that is computed in', name, { as: UnsupportedError });
}

export function storedDtype(dtype: OnnxDtype): StoredDtype {
  return STORED[dtype];
}

export function bytesPerElement(dtype: OnnxDtype): number {
  return STORED_BYTES[STORED[dtype]];
}

/** Zeros. @throws UnsupportedError for more elements than are allowed or there is memory for */
export function allocate(dtype: OnnxDtype, length: number): Numbers {
  const got = `${length} elements`;
  if (!(length >= 0 && length <= limit)) wrong(undefined, `at most ${limit} elements`, `a tensor of ${got}`, { as: TooLargeError });
  try {
    return new ARRAYS[dtype](length);
  } catch (cause) {
    failed(undefined, 'there is no memory for a tensor', got, { as: UnsupportedError, cause });
  }
}

/** A tensor of given numbers, which the caller does not use any more where they already are of the right array type. */
export function hostTensor(dtype: OnnxDtype, shape: readonly number[], values: Numbers | readonly number[]): HostTensor {
  const Type = ARRAYS[dtype];
  const data = values instanceof Type ? (values) : Type.from(values);
  return { dtype, shape, data };
}

/** A tensor that is filled element by element. */
export function fill(dtype: OnnxDtype, shape: readonly number[], value: (index: number) => number): HostTensor {
  const data = allocate(dtype, size(shape));
  for (let i = 0; i < data.length; i++) data[i] = value(i);
  return { dtype, shape, data };
}

export function scalar(dtype: OnnxDtype, value: number): HostTensor {
  return hostTensor(dtype, [], [value]);
}

/** The number of elements. */
export function size(shape: readonly number[]): number {
  return elementCount(shape, 'tensor');
}

/** The tensor with another shape of as many elements; the numbers are shared. */
export function reshaped(tensor: HostTensor, shape: readonly number[]): HostTensor {
  if (size(shape) !== tensor.data.length) {
    wrong(undefined, `a shape of ${tensor.data.length} elements`, showShape(shape), { as: FormatError });
  }
  return { ...tensor, shape };
}

/** @throws FormatError if the bytes are not as many as the shape says */
export function checkBytes(dtype: OnnxDtype, shape: readonly number[], bytes: ByteSource, place: string): void {
  const expected = size(shape) * bytesPerElement(dtype);
  if (bytes.byteLength === expected) return;
  wrong(place, `${expected} bytes for ${dtype} ${showShape(shape)}`, `${bytes.byteLength} bytes`, { as: FormatError });
}

/** Numbers out of the bytes of a file, which were checked. */
export function fromBytes(dtype: OnnxDtype, shape: readonly number[], bytes: Uint8Array): HostTensor {
  return { dtype, shape, data: decode(dtype, bytes, size(shape)) };
}

function decode(dtype: OnnxDtype, bytes: Uint8Array, count: number): Numbers {
  const stored = { name: '', dtype: STORED[dtype], shape: [count], bytes };
  if (dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16') return widen(stored, 0, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = allocate(dtype, count);
  const read = READERS[dtype];
  for (let i = 0; i < count; i++) data[i] = read(view, i);
  return data;
}

const READERS: Readonly<Record<Exclude<OnnxDtype, 'float32' | 'float16' | 'bfloat16'>, (view: DataView, i: number) => number>> = {
  float64: (view, i) => view.getFloat64(8 * i, true),
  int64: (view, i) => Number(view.getBigInt64(8 * i, true)),
  uint64: (view, i) => Number(view.getBigUint64(8 * i, true)),
  int32: (view, i) => view.getInt32(4 * i, true),
  uint32: (view, i) => view.getUint32(4 * i, true),
  int16: (view, i) => view.getInt16(2 * i, true),
  uint16: (view, i) => view.getUint16(2 * i, true),
  int8: (view, i) => view.getInt8(i),
  uint8: (view, i) => view.getUint8(i),
  bool: (view, i) => (view.getUint8(i) === 0 ? 0 : 1),
};
