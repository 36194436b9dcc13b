/**
 * Reads a Windows or OS/2 bitmap (BITMAPCOREHEADER to BITMAPV5HEADER), with what browsers make of it: 32 bits without masks are
 * opaque, and pixels that a run-length code skips are black.
 */
import { ImageError } from '../base/errors.js';
import { failed } from '../base/wrong.js';
import { bmpSize } from './announced.js';
import { unpackRle } from './bmp-rle.js';
import type { RawImage } from './types.js';

/** Values of biCompression. */
const RGB = 0;
const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;

const FILE_HEADER = 14;
const CORE_HEADER = 12;
const INFO_HEADER = 40;

/** What the headers say. */
interface Header {
  readonly view: DataView;
  /** Bytes of the second header. */
  readonly size: number;
  readonly width: number;
  readonly height: number;
  /** Rows from the top; otherwise the first is the lowest. */
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where the pixels start. */
  readonly pixels: number;
}

/**
 * @param bytes - a whole file whose announced size has been checked
 * @returns upright pixels: RGB, or RGBA where the file has masks
 * @throws ImageError for a file that is cut off, contradicts itself, or holds a PNG or JPEG
 */
export function decodeBmp(bytes: Uint8Array, place: string): RawImage {
  const header = readHeader(bytes, place);
  const { width, height, bits, compression } = header;
  if (compression === RLE8 || compression === RLE4) {
    const colours = palette(header);
    const data = new Uint8Array(width * height * 3);
    const complete = unpackRle(bytes, header.pixels, compression === RLE4, width, height, (x, y, index) => {
      const to = (rowOf(header, y) * width + x) * 3;
      for (let c = 0; c < 3; c++) data[to + c] = colours[index * 3 + c]!;
    });
    if (!complete) damaged(place, 'the run-length code ends too early');
    return { data, width, height, channels: 3 };
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  const needed = header.pixels + stride * (height - 1) + Math.ceil((width * bits) / 8);
  if (bytes.length < needed) damaged(place, `${bytes.length} bytes, expected at least ${needed}`);
  if (bits <= 8) return { data: indexed(header, bytes, stride), width, height, channels: 3 };
  if (bits === 24 || (bits === 32 && compression === RGB)) return { data: direct(header, bytes, stride), width, height, channels: 3 };
  return masked(header, stride);
}

function readHeader(bytes: Uint8Array, place: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length >= FILE_HEADER + 4 ? view.getUint32(14, true) : 0;
  if (size < CORE_HEADER || bytes.length < FILE_HEADER + size) damaged(place, 'no complete header');
  const [width, height] = bmpSize(view);
  const core = size === CORE_HEADER;
  if (!core && size < INFO_HEADER) damaged(place, `a header of ${size} bytes`);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = core ? RGB : view.getUint32(30, true);
  const known: Readonly<Record<number, readonly number[]>> = {
    [RGB]: [1, 2, 4, 8, 16, 24, 32],
    [RLE8]: [8],
    [RLE4]: [4],
    [BITFIELDS]: [16, 32],
    [ALPHA_BITFIELDS]: [16, 32],
  };
  if (!known[compression]?.includes(bits)) damaged(place, `${bits} bits with compression ${compression}`);
  const topDown = !core && view.getInt32(22, true) < 0;
  return { view, size, width, height, topDown, bits, compression, pixels: view.getUint32(10, true) };
}

/** The row of the picture, counted from the top, that the file has as row `y`. */
function rowOf({ topDown, height }: Header, y: number): number {
  return topDown ? y : height - 1 - y;
}

/** RGB of all indices that the depth has; those beyond the file's palette are black. */
function palette({ view, size, bits, pixels }: Header): Uint8Array {
  const most = 2 ** bits;
  const entry = size === CORE_HEADER ? 3 : 4;
  const start = FILE_HEADER + size;
  const said = size === CORE_HEADER ? most : view.getUint32(46, true) || most;
  const end = Math.min(pixels, view.byteLength);
  const count = Math.max(0, Math.min(said, most, Math.floor((end - start) / entry)));
  const out = new Uint8Array(most * 3);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) out[i * 3 + c] = view.getUint8(start + i * entry + 2 - c);
  }
  return out;
}

function indexed(header: Header, bytes: Uint8Array, stride: number): Uint8Array {
  const { width, height, bits, pixels } = header;
  const colours = palette(header);
  const mask = 2 ** bits - 1;
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    let to = rowOf(header, y) * width * 3;
    for (let x = 0, bit = 0; x < width; x++, bit += bits) {
      const index = (bytes[pixels + y * stride + (bit >> 3)]! >> (8 - bits - (bit & 7))) & mask;
      for (let c = 0; c < 3; c++) out[to++] = colours[index * 3 + c]!;
    }
  }
  return out;
}

/** Blue, green, red and perhaps a byte that means nothing. */
function direct(header: Header, bytes: Uint8Array, stride: number): Uint8Array {
  const { width, height, bits, pixels } = header;
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    let to = rowOf(header, y) * width * 3;
    let from = pixels + y * stride;
    for (let x = 0; x < width; x++, from += bits >> 3, to += 3) {
      out[to] = bytes[from + 2]!;
      out[to + 1] = bytes[from + 1]!;
      out[to + 2] = bytes[from]!;
    }
  }
  return out;
}

/** Pixels of 16 or 32 bits whose channels lie where masks say. */
function masked(header: Header, stride: number): RawImage {
  const { view, width, height, bits, pixels } = header;
  const channels = masks(header);
  const [red, green, blue, alpha] = channels.map(field);
  const opaque = channels[3] === 0;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    let to = rowOf(header, y) * width * 4;
    for (let x = 0; x < width; x++, to += 4) {
      const at = pixels + y * stride + x * (bits >> 3);
      const value = bits === 16 ? view.getUint16(at, true) : view.getUint32(at, true);
      data[to] = red!(value);
      data[to + 1] = green!(value);
      data[to + 2] = blue!(value);
      data[to + 3] = opaque ? 255 : alpha!(value);
    }
  }
  return { data, width, height, channels: 4 };
}

/** Of red, green, blue and alpha; alpha's is 0 where the file has none. */
function masks({ view, size, bits, compression, pixels }: Header): readonly number[] {
  if (compression === RGB) return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
  const at = FILE_HEADER + INFO_HEADER;
  const four = compression === ALPHA_BITFIELDS || size >= 56;
  if (at + (four ? 16 : 12) > Math.min(pixels, view.byteLength)) return [0, 0, 0, 0];
  return [0, 4, 8, 12].map((offset) => (offset < 12 || four ? view.getUint32(at + offset, true) : 0));
}

/** Takes the channel under a mask out of a pixel, as 8 bits: widened with rounding, or cut. */
function field(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  const excess = Math.max(0, 24 - Math.clz32(most));
  if (excess > 0) return (pixel) => ((pixel & mask) >>> shift) >>> excess;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}

function damaged(place: string, got: string): never {
  const hint = 'the file is damaged or cut off, or of a rare kind; save it as PNG';
  failed(place, 'the BMP could not be decoded', got, { as: ImageError, hint });
}
