import { DtypeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { ARRAYS } from '../../tensor/tensor.js';
import type { AnyTensor, DataOf, Dtype } from '../../tensor/tensor.js';

/** Element types as the Open Inference Protocol names them. */
export const DATATYPES: Readonly<Record<Dtype, string>> = {
  float32: 'FP32', float64: 'FP64', int64: 'INT64', int32: 'INT32', int16: 'INT16', int8: 'INT8', uint64: 'UINT64', uint32: 'UINT32', uint16: 'UINT16', uint8: 'UINT8', bool: 'BOOL',
};

const DTYPES = Object.fromEntries(Object.entries(DATATYPES).map(([dtype, name]) => [name, dtype])) as Readonly<Record<string, Dtype>>;

/** @throws DtypeError for a type that nothing here computes with: FP16, BF16 and BYTES among them */
export function dtypeOf(datatype: unknown, place: string): Dtype {
  const dtype = typeof datatype === 'string' && Object.hasOwn(DTYPES, datatype) ? DTYPES[datatype] : undefined;
  return dtype ?? wrong(place, `a datatype of ${Object.keys(DTYPES).join(', ')}`, typeof datatype === 'string' ? JSON.stringify(datatype.slice(0, 32)) : datatype === undefined ? 'nothing' : 'what is no text', { as: DtypeError });
}

/** Elements as they are sent, little-endian, row-major; a copy, since a typed array begins where a whole element does. @throws DtypeError */
export function fromBinary(bytes: Uint8Array, dtype: Dtype, place: string): DataOf[Dtype] {
  const own = new Uint8Array(bytes);
  if (dtype === 'bool' && own.some((value) => value > 1)) wrong(place, 'bytes of 0 and 1 for BOOL', 'others', { as: DtypeError });
  return dtype === 'uint8' || dtype === 'bool' ? own : new ARRAYS[dtype](own.buffer);
}

/** Elements as they are sent. */
export function toBinary({ data }: AnyTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Bytes of an element. */
export function elementBytes(dtype: Dtype): number {
  return ARRAYS[dtype].BYTES_PER_ELEMENT;
}

/**
 * The elements as the text of a JSON list. Whole numbers of 64 bits are written out in full.
 * @throws DtypeError for infinities and what is no number, which JSON cannot say
 */
export function toJson({ dtype, data }: AnyTensor, place: string): string {
  if (dtype === 'bool') return `[${Array.from(data, Boolean).join(',')}]`;
  const floats = dtype === 'float32' || dtype === 'float64';
  if (floats && !(data as Float32Array).every(Number.isFinite)) {
    wrong(place, 'finite numbers, which alone JSON can say', 'an infinity or a NaN', { as: DtypeError, hint: 'ask for binary data (binary_data: true)' });
  }
  return `[${data.join(',')}]`;
}
