import { wrong } from '../base/wrong.js';
import { FormatError } from '../base/errors.js';
import { ARRAYS } from '../tensor/tensor.js';
import type { AnyTensor, Dtype } from '../tensor/tensor.js';
import { count } from '../tensor/shape.js';

/** NumPy's names of the element types, little-endian. */
const DESCRIPTIONS: Readonly<Record<Dtype, string>> = {
  float32: '<f4',
  float64: '<f8',
  int64: '<i8',
  int32: '<i4',
  int16: '<i2',
  int8: '|i1',
  uint64: '<u8',
  uint32: '<u4',
  uint16: '<u2',
  uint8: '|u1',
  bool: '|b1',
};

/** The byte 0x93, then these. */
const MAGIC = 'NUMPY';

/**
 * Reads an array as `numpy.save` writes it (format 1 to 3, little-endian, C order).
 * @throws FormatError naming the place
 */
export function readNpy(bytes: Uint8Array, place: string): AnyTensor {
  const text = new TextDecoder('latin1');
  if (bytes.byteLength < 12 || bytes[0] !== 0x93 || text.decode(bytes.subarray(1, 6)) !== MAGIC) fail(place, 'a .npy file', 'something else');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (bytes[6] ?? 1) >= 2;
  const start = (long ? 12 : 10) + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = text.decode(bytes.subarray(long ? 12 : 10, start));
  const description = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? 'no type';
  const dtype = (Object.keys(DESCRIPTIONS) as Dtype[]).find((name) => DESCRIPTIONS[name] === description);
  if (!dtype) fail(place, Object.values(DESCRIPTIONS).join(', '), description);
  if (/'fortran_order':\s*True/.test(header)) fail(place, 'C order', 'Fortran order');
  const dims = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? fail(place, 'a shape', 'none');
  const shape = dims.split(',').filter((dim) => dim.trim() !== '').map(Number);
  // Copied, for the numbers need not be aligned in the file (and the slice of a Buffer is no copy).
  const data = new Uint8Array(bytes.subarray(start));
  const expected = count(shape) * Number(description.slice(2));
  if (data.byteLength !== expected) fail(place, `${expected} bytes of numbers`, `${data.byteLength}`);
  return { dtype, shape, data: new ARRAYS[dtype](data.buffer) } as AnyTensor;
}

/** The array as `numpy.load` reads it (format 1.0). */
export function writeNpy({ dtype, shape, data }: AnyTensor): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const head = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': (${dims}), }`;
  // The numbers start at a multiple of 64.
  const padded = `${head.padEnd(64 * Math.ceil((head.length + 11) / 64) - 11)}\n`;
  const out = new Uint8Array(10 + padded.length + data.byteLength);
  out.set([0x93, ...new TextEncoder().encode(MAGIC), 1, 0]);
  new DataView(out.buffer).setUint16(8, padded.length, true);
  out.set(new TextEncoder().encode(padded), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length);
  return out;
}

function fail(place: string, expected: string, got: string): never {
  wrong(place, expected, got, { as: FormatError });
}
