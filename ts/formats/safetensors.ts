import { FormatError, WeightsError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { typeName } from '../base/show.js';
import { inMemory, partOf, STORED_BYTES, storedIn } from './stored.js';
import type { ByteSource, StoredDtype, StoredTensor, TensorSource } from './stored.js';
import { count } from '../tensor/shape.js';

export { widen } from './widen.js';
export type { StoredDtype, StoredTensor, TensorSource } from './stored.js';

/** The format's own limit. Checked before anything is allocated. */
const MAX_HEADER_BYTES = 100_000_000;

/** An opened safetensors file: views of its bytes, in the order of the header. */
export interface SafetensorsFile extends TensorSource {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Opens a safetensors file (https://github.com/huggingface/safetensors): 8 bytes header length, little-endian; a JSON header
 * name -> { dtype, shape, data_offsets }; then the data, which the tensors must cover without holes or overlaps.
 * No weight is copied or read.
 *
 * @param place - how messages name the file
 * @throws FormatError naming the tensor and what is wrong
 */
export function readSafetensors(file: Uint8Array | ByteSource, place = 'safetensors'): SafetensorsFile {
  const { header, data } = split(file instanceof Uint8Array ? inMemory(file) : file, place);
  const metadata = new Map<string, string>();
  const spans: Span[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') readMetadata(entry, metadata, place);
    else spans.push(readEntry(name, entry, data.byteLength, place));
  }
  checkCoverage(spans, data.byteLength, place);
  const tensors = new Map(
    spans.map(({ name, dtype, shape, begin, end }) => [name, storedIn(partOf(data, begin, end), name, dtype, shape)]),
  );
  return {
    metadata,
    tensors,
    names: () => tensors.keys(),
    get(name) {
      const found = tensors.get(name);
      if (found) return found;
      wrong(`${place}: ${name}`, 'a tensor of this name', 'none', { as: WeightsError });
    },
  };
}

function split(file: ByteSource, place: string): { header: object; data: ByteSource } {
  if (file.byteLength < 8) {
    fail(place, 'a safetensors file, which has 8 bytes at least', `${file.byteLength} bytes`);
  }
  const bytes = file.read(0, 8);
  // A tag at the front is a page, not a length: say so, since that is what a wrong URL gives.
  if (bytes[0] === 0x3c) fail(place, 'a safetensors file', 'text that starts with "<" (an HTML page?)');
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const room = Math.min(file.byteLength - 8, MAX_HEADER_BYTES);
  if (declared > BigInt(room)) {
    // The number is not told: where this is another file, it is what stands in there.
    fail(place, `a header of at most ${room} bytes`, `a longer one: not a safetensors file, or cut off at ${file.byteLength} bytes`);
  }
  const end = 8 + Number(declared);
  return { header: parseHeader(file.read(8, end), place), data: partOf(file, end, file.byteLength) };
}

function parseHeader(bytes: Uint8Array, place: string): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // The error's own message quotes the text.
    fail(place, 'a header of UTF-8 JSON', `${bytes.byteLength} bytes that are none`);
  }
  if (!isObject(header)) fail(place, 'a JSON object as header', typeName(header));
  return header;
}

function readMetadata(entry: unknown, into: Map<string, string>, place: string): void {
  if (!isObject(entry)) fail(`${place}: __metadata__`, 'an object of strings', typeName(entry));
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string') fail(`${place}: __metadata__.${key}`, 'a string', typeName(value));
    into.set(key, value);
  }
}

interface Span {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, entry: unknown, available: number, place: string): Span {
  const at = `${place}: ${name}`;
  if (!isObject(entry)) fail(at, 'an object with dtype, shape and data_offsets', typeName(entry));
  const dtype: unknown = Reflect.get(entry, 'dtype');
  if (!isStoredDtype(dtype)) fail(at, `a dtype of ${Object.keys(STORED_BYTES).join(', ')}`, shown(dtype));
  const shape = integers(Reflect.get(entry, 'shape'), `${at}: shape`);
  const offsets = integers(Reflect.get(entry, 'data_offsets'), `${at}: data_offsets`);
  const [begin, end] = offsets;
  if (offsets.length !== 2 || begin === undefined || end === undefined || begin > end) {
    fail(`${at}: data_offsets`, '[begin, end] with begin <= end', JSON.stringify(offsets));
  }
  if (end > available) {
    fail(at, `data_offsets within the ${available} bytes of data`, `[${begin}, ${end}]: the file is cut off or damaged`);
  }
  const needed = count(shape) * STORED_BYTES[dtype];
  if (needed !== end - begin) {
    fail(at, `${needed} bytes for ${dtype} [${shape.join(', ')}]`, `data_offsets of ${end - begin} bytes`);
  }
  return { name, dtype, shape, begin, end };
}

function checkCoverage(spans: readonly Span[], length: number, place: string): void {
  const sorted = [...spans].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  let previous = 'the header';
  for (const span of sorted) {
    if (span.begin < end) fail(`${place}: ${span.name}`, `data from byte ${end} on`, `byte ${span.begin}: overlaps ${previous}`);
    if (span.begin > end) fail(`${place}: ${span.name}`, `data from byte ${end} on`, `byte ${span.begin}: a hole after ${previous}`);
    end = span.end;
    previous = span.name;
  }
  if (end !== length) fail(place, `${end} bytes of data`, `${length} bytes`);
}

function integers(value: unknown, place: string): readonly number[] {
  if (Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)) return value as number[];
  return fail(place, 'an array of non-negative integers', shown(value));
}

/** A value of the header: numbers and names of types, but no text. */
function shown(value: unknown): string {
  if (value === undefined) return 'none';
  const tells = typeof value === 'number' || (typeof value === 'string' && /^[A-Z]\w{0,15}$/.test(value)) || isNumbers(value);
  return tells ? JSON.stringify(value) : typeName(value);
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStoredDtype(value: unknown): value is StoredDtype {
  return typeof value === 'string' && Object.hasOwn(STORED_BYTES, value);
}

/** What a hostile file holds may be long: messages quote its beginning. */
function fail(place: string, expected: string, got: string): never {
  const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text);
  wrong(short(place), expected, short(got), { as: FormatError });
}
