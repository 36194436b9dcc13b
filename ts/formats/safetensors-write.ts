import { wrong } from '../base/wrong.js';
import { bytesOf } from '../tensor/arrays.js';
import { elementCount } from '../tensor/tensor.js';
import { showValue } from '../base/show.js';
import { STORED_BYTES } from './stored.js';
import type { StoredTensor } from './stored.js';

/**
 * A safetensors file of these tensors. The same tensors give the same bytes, in whatever order they come: the widest
 * elements lie first and names decide among equals, so that every tensor is aligned without holes.
 *
 * @throws ArgumentError for a name given twice, the name `__metadata__`, or bytes that do not match the shape
 */
export function writeSafetensors(tensors: Iterable<StoredTensor>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  if (typeof tensors?.[Symbol.iterator] !== 'function') refuse('writeSafetensors', 'a list of tensors', tensors);
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) refuse('metadata', 'an object of strings', metadata);
  const given = [...tensors].map(checkTensor);
  for (const [name, value] of Object.entries(metadata)) if (typeof value !== 'string') refuse(`metadata.${name}`, 'a string', value);
  const sorted = given.sort(
    (a, b) => STORED_BYTES[b.dtype] - STORED_BYTES[a.dtype] || (a.name < b.name ? -1 : Number(a.name > b.name)),
  );
  const entries: [string, unknown][] = [];
  const described = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  if (described.length > 0) entries.push(['__metadata__', Object.fromEntries(described)]);
  let end = 0;
  const seen = new Set<string>();
  for (const stored of sorted) {
    check(stored, seen);
    const begin = end;
    end += stored.bytes.byteLength;
    entries.push([stored.name, { dtype: stored.dtype, shape: stored.shape, data_offsets: [begin, end] }]);
  }
  const header = encodeHeader(entries);
  const file = new Uint8Array(8 + header.byteLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  file.set(header, 8);
  let offset = 8 + header.byteLength;
  for (const { bytes } of sorted) {
    file.set(bytes, offset);
    offset += bytes.byteLength;
  }
  return file;
}

/** @throws ArgumentError for what is no named tensor of a type that there is */
export function checkTensor(stored: StoredTensor, index: number): StoredTensor {
  const place = `tensors[${index}]`;
  if (typeof stored !== 'object' || stored === null) refuse(place, 'a tensor { name, dtype, shape, bytes }', stored);
  if (typeof stored.name !== 'string') refuse(`${place}.name`, 'a string', stored.name);
  if (!Object.keys(STORED_BYTES).includes(stored.dtype)) refuse(`${stored.name}: dtype`, Object.keys(STORED_BYTES).join(', '), stored.dtype);
  return stored;
}

function refuse(place: string, expected: string, value: unknown): never {
  const got = showValue(value);
  wrong(place, expected, got);
}

/** Spaces after the JSON put the data on a multiple of 8. */
function encodeHeader(entries: readonly [string, unknown][]): Uint8Array {
  const json = `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',')}}`;
  const bytes = new TextEncoder().encode(json);
  const padded = new Uint8Array(Math.ceil(bytes.byteLength / 8) * 8).fill(0x20);
  padded.set(bytes);
  return padded;
}

function check(stored: StoredTensor, seen: Set<string>): void {
  const { name, dtype, shape } = stored;
  const bytes = bytesOf(stored.bytes, name) ?? refuse(`${name}: bytes`, 'a Uint8Array', stored.bytes);
  if (name === '__metadata__') wrong(name, 'another name, for this one is reserved', name);
  if (seen.has(name)) wrong(name, 'each name once', 'two tensors of this one');
  seen.add(name);
  const expected = elementCount(shape, name) * STORED_BYTES[dtype];
  if (expected !== bytes.byteLength) {
    wrong(name, `${expected} bytes for ${dtype} [${shape.join(', ')}]`, `${bytes.byteLength} bytes`);
  }
}
