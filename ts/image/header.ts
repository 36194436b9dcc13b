/**
 * A look at the first bytes of an encoded image, before a decoder is let near it: what it is, and how large it
 * says it is. A few hundred bytes can announce gigapixels; a decoder would try to allocate them.
 */
import { ImageError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { announced } from './announced.js';
import { DEFAULT_MAX_PIXELS } from './decoded.js';
import { checkSize } from './pixels.js';

/** What the decoders know. */
export type Format = 'PNG' | 'JPEG' | 'GIF' | 'BMP' | 'WebP' | 'AVIF' | 'TIFF' | 'SVG';

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
 * @param maxPixels - most that the file may announce
 * @returns the format by its signature
 * @throws ImageError for no bytes, for bytes that are no image this library's decoders know, and for
 *   announced sizes that are zero or over `maxPixels`
 */
export function inspect(bytes: Uint8Array, place: string, maxPixels = DEFAULT_MAX_PIXELS): Format {
  if (bytes.length === 0) {
    wrong(place, 'an image', '0 bytes', { as: ImageError });
  }
  const text = String.fromCharCode(...bytes.subarray(0, 1024));
  const known = SIGNATURES.find(([, at, mark]) => mark.every((byte, i) => bytes[at + i] === byte));
  const format = known?.[0] ?? (isSvg(text) ? 'SVG' : undefined);
  if (!format) {
    const got = describe(text, bytes.length);
    const hint = got === PAGE ? 'check the address: many servers answer a wrong one with a page' : 'give a PNG, JPEG, WebP, GIF, BMP or AVIF file';
    wrong(place, 'an image', got, { as: ImageError, hint });
  }
  if (format === 'SVG') {
    const hint = 'render it first: give the canvas, or a PNG';
    wrong(place, 'an image of pixels', 'SVG', { as: ImageError, hint });
  }
  const size = announced(format, bytes);
  if (size) checkAnnounced(size[0], size[1], place, maxPixels);
  return format;
}

/**
 * Refuses sizes that no image has, and those over the caller's limit.
 * @throws ImageError
 */
export function checkAnnounced(width: number, height: number, place: string, maxPixels: number): void {
  checkSize(width, height, place, Infinity);
  if (width * height <= maxPixels) return;
  const [got, hint] = [`${width} x ${height}`, 'scale the image down first, or raise the option maxPixels'];
  wrong(place, `at most ${maxPixels} pixels`, got, { as: ImageError, hint });
}

function isSvg(text: string): boolean {
  return /^(\xef\xbb\xbf)?\s*<(?!!doctype html|html)[^]*<svg\b|^(\xef\xbb\xbf)?\s*<svg\b/i.test(text);
}

const PAGE = 'a file that starts like an HTML page';

function describe(text: string, length: number): string {
  if (/^\s*<(!doctype|html)/i.test(text)) return PAGE;
  if (/^\s*[{[]/.test(text)) return 'a file that starts like JSON';
  if (text.startsWith('PK')) return 'a file that starts like a zip archive';
  if (text.startsWith('%PDF')) return 'a PDF';
  // Nothing of the file itself: it may be one that nobody is to see.
  return `${length} bytes of another kind`;
}
