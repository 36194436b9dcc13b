/**
 * A look at the first bytes of an encoded image, before a decoder is let near it: what it is, and how large it
 * says it is. A few hundred bytes can announce gigapixels; a decoder would try to allocate them.
 */
import { ImageError } from '../errors.js';
import { checkSize } from './pixels.js';

type Format = 'PNG' | 'JPEG' | 'GIF' | 'BMP' | 'WebP' | 'AVIF' | 'TIFF' | 'SVG';

/** As numbers: a bundler may write such bytes into a string as they are, and a page may read it in another charset. */
const SIGNATURES: readonly (readonly [Format, number, readonly number[]])[] = [
  ['PNG', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['JPEG', 0, [0xff, 0xd8, 0xff]],
  ['GIF', 0, [0x47, 0x49, 0x46, 0x38]],
  ['BMP', 0, [0x42, 0x4d]],
  ['WebP', 8, [0x57, 0x45, 0x42, 0x50]],
  ['AVIF', 4, [0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69]],
  ['TIFF', 0, [0x49, 0x49, 0x2a, 0]],
  ['TIFF', 0, [0x4d, 0x4d, 0, 0x2a]],
];

/**
 * @param most - pixels that are accepted
 * @returns the format by its signature
 * @throws ImageError for no bytes, for bytes that are no image this library's decoders know, and for
 *   announced sizes that are zero or absurd
 */
export function inspect(bytes: Uint8Array, place: string, most?: number): Format {
  if (bytes.length === 0) {
    throw new ImageError(`${place}: the image is empty (0 bytes)`, { place, expected: 'an image', got: '0 bytes' });
  }
  const text = String.fromCharCode(...bytes.subarray(0, 256));
  const known = SIGNATURES.find(([, at, mark]) => mark.every((byte, i) => bytes[at + i] === byte));
  const format = known?.[0] ?? (isSvg(text) ? 'SVG' : undefined);
  if (!format) {
    const got = describe(text, bytes.length);
    const hint = 'give a PNG, JPEG, WebP, GIF or AVIF file';
    throw new ImageError(`${place}: not an image (${got}); ${hint}`, { place, expected: 'an image', got, hint });
  }
  const size = announced(format, bytes);
  if (size) checkSize(size[0], size[1], place, most);
  return format;
}

function isSvg(text: string): boolean {
  return /^\s*(<\?xml[^>]*>\s*)?<svg\b/.test(text);
}

function describe(text: string, length: number): string {
  if (/^\s*<(!doctype|html)/i.test(text)) return 'it starts like an HTML page';
  if (/^\s*[{[]/.test(text)) return 'it starts like JSON';
  if (text.startsWith('PK')) return 'it starts like a zip archive';
  if (text.startsWith('%PDF')) return 'it is a PDF';
  const first = Array.from(text.slice(0, 4), (c) => c.charCodeAt(0).toString(16).padStart(2, '0'));
  return `${length} bytes, starting with ${first.join(' ')}`;
}

/** [width, height] as the header has it; undefined where the header is too short or is of another format. */
function announced(format: Format, bytes: Uint8Array): readonly [number, number] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'PNG' && bytes.length >= 24) return [view.getUint32(16), view.getUint32(20)];
  if (format === 'GIF' && bytes.length >= 10) return [view.getUint16(6, true), view.getUint16(8, true)];
  if (format === 'JPEG') return jpegSize(bytes);
  return undefined;
}

/** [width, height] as stored. Walks the marker segments to the frame header (ITU-T T.81, B.2.2). */
export function jpegSize(bytes: Uint8Array): readonly [number, number] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}
