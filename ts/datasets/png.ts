// PNG (ISO/IEC 15948) as far as masks need it: grey, and indices of a palette, as they are stored. A decoder of photos would give the
// colours of the palette instead.
import { FormatError, ImageError, UnsupportedError } from '../base/errors.js';
import { typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { DEFAULT_MAX_PIXELS } from '../image/decoded.js';
import { bytesOf } from '../tensor/arrays.js';
import { passesOf, unfilter } from './png-rows.js';
import type { LabelMask } from './labelled.js';

/** What the first chunk says. */
interface Head {
  readonly width: number;
  readonly height: number;
  /** Bits of a pixel. */
  readonly depth: number;
  readonly interlaced: boolean;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const [GREY, INDEXED] = [0, 3];
const COLOURS: Readonly<Record<number, string>> = { 2: 'colours', 4: 'grey with alpha', 6: 'colours with alpha' };

/**
 * The values of the pixels of a grey or indexed PNG, as they are stored: 1, 2, 4, 8 or 16 bits, interlaced or not.
 * @param place - the file, for messages. Default `mask`
 * @throws ArgumentError for what are no bytes; FormatError for what is no PNG, damaged, or ends too early; UnsupportedError for a PNG of colours; ImageError for one of too many pixels
 */
export async function readPngLabels(bytes: Uint8Array, place = 'mask', maxPixels = DEFAULT_MAX_PIXELS): Promise<LabelMask> {
  const { head, packed } = chunksOf(bytesOf(bytes, place) ?? wrong(place, 'the bytes of a PNG file', typeName(bytes)), place);
  const { width, height, depth } = head;
  if (width * height > maxPixels) wrong(place, `at most ${maxPixels} pixels`, `${width} x ${height}`, { as: ImageError });
  const passes = passesOf(width, height, head.interlaced);
  const rowBytes = (columns: number): number => Math.ceil((columns * depth) / 8);
  const size = passes.reduce((sum, { columns, rows }) => sum + rows * (1 + rowBytes(columns)), 0);
  const stored = await inflate(packed, size, place);
  const data = depth === 16 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  let at = 0;
  for (const { columns, rows, x, y, dx, dy } of passes) {
    const each = rowBytes(columns);
    unfilter(stored.subarray(at, at + rows * (1 + each)), each, depth === 16 ? 2 : 1, place);
    for (let row = 0; row < rows; row++, at += 1 + each) {
      for (let column = 0; column < columns; column++) data[(y + row * dy) * width + x + column * dx] = valueAt(stored, at + 1, column, depth);
    }
  }
  return { data, width, height };
}

/** The value of a pixel in a row that begins at `row`. */
function valueAt(bytes: Uint8Array, row: number, column: number, depth: number): number {
  if (depth === 16) return bytes[row + 2 * column]! * 256 + bytes[row + 2 * column + 1]!;
  const bit = column * depth;
  return (bytes[row + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

function chunksOf(bytes: Uint8Array, place: string): { readonly head: Head; readonly packed: readonly Uint8Array[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) wrong(place, 'a PNG file', bytes.length === 0 ? 'no bytes' : 'another format', { as: FormatError, hint: 'a mask of JPEG would have classes that nobody drew' });
  let head: Head | undefined;
  const packed: Uint8Array[] = [];
  for (let at = SIGNATURE.length; ; ) {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : Infinity;
    if (at + 12 + length > bytes.length) wrong(place, 'a whole PNG file', `one that ends after ${bytes.length} bytes`, { as: FormatError });
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) wrong(place, 'an undamaged PNG file', `one whose part ${JSON.stringify(name)} has another checksum`, { as: FormatError });
    if (!head && name !== 'IHDR') wrong(place, 'a PNG file that begins with its size', name, { as: FormatError });
    if (name === 'IHDR') head = headOf(view, at + 8, length, place);
    else if (name === 'IDAT') packed.push(bytes.subarray(at + 8, at + 8 + length));
    else if (name === 'IEND') return { head: head!, packed };
    at += 12 + length;
  }
}

function headOf(view: DataView, at: number, length: number, place: string): Head {
  if (length !== 13) wrong(place, 'a PNG file', 'one with another head', { as: FormatError });
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, colour, , , interlace] = Array.from({ length: 5 }, (_, i) => view.getUint8(at + 8 + i)) as [number, number, number, number, number];
  const hint = 'save the class of each pixel as a shade of grey, or as an index of a palette';
  if (colour in COLOURS) wrong(place, 'a PNG of grey or of a palette', COLOURS[colour]!, { as: UnsupportedError, hint });
  const depths = colour === GREY ? [1, 2, 4, 8, 16] : colour === INDEXED ? [1, 2, 4, 8] : [];
  if (width === 0 || height === 0 || !depths.includes(depth) || interlace > 1) wrong(place, 'a PNG file', 'one with an impossible head', { as: FormatError });
  return { width, height, depth, interlaced: interlace === 1 };
}

/** Unpacks to as many bytes as there have to be: no more are read, however many the file would unpack to. */
async function inflate(packed: readonly Uint8Array[], size: number, place: string): Promise<Uint8Array> {
  const out = new Uint8Array(size);
  let length = 0;
  try {
    const source = new Blob(packed as Uint8Array<ArrayBuffer>[]).stream();
    const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (length + next.value.length > size) throw new Error(`it unpacks to more than ${size} bytes`);
      out.set(next.value, length);
      length += next.value.length;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    wrong(place, 'an undamaged PNG file', `one that cannot be unpacked (${reason})`, { as: FormatError, cause });
  }
  if (length !== size) wrong(place, `${size} bytes of pixels`, String(length), { as: FormatError });
  return out;
}

/** The remainders of CRC-32 for each byte. */
const REMAINDERS = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = REMAINDERS[(value ^ byte) & 255]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
