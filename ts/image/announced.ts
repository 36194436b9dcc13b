/** Sizes that encoded images announce in their headers. */
import type { Format } from './header.js';

type Dimensions = readonly [width: number, height: number];

/** [width, height] as the header has it, before a turn by EXIF; undefined where it is too short, or has none. */
export function announced(format: Format, bytes: Uint8Array): Dimensions | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return SIZES[format]?.(view);
  } catch (cause) {
    if (cause instanceof RangeError) return undefined; // the header is cut off: the decoder says so
    throw cause;
  }
}

const SIZES: Readonly<Partial<Record<Format, (view: DataView) => Dimensions | undefined>>> = {
  PNG: (view) => [view.getUint32(16), view.getUint32(20)],
  GIF: (view) => [view.getUint16(6, true), view.getUint16(8, true)],
  JPEG: jpegSize,
  BMP: bmpSize,
  WebP: webpSize,
  AVIF: avifSize,
  TIFF: tiffSize,
};

/** A core header has 16-bit sides; in others, a negative height says that rows come from the top. */
export function bmpSize(view: DataView): Dimensions {
  if (view.getUint32(14, true) === 12) return [view.getUint16(18, true), view.getUint16(20, true)];
  return [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
}

/** Walks the marker segments to the frame header (ITU-T T.81, B.2.2). */
export function jpegSize(view: DataView): Dimensions | undefined {
  let at = 2;
  while (at + 9 <= view.byteLength) {
    // What is between segments is passed over, as libjpeg does.
    const marker = view.getUint8(at) === 0xff ? view.getUint8(at + 1) : 0xff;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    const isAlone = marker <= 1 || (marker >= 0xd0 && marker <= 0xd8);
    at += marker === 0xff ? 1 : isAlone ? 2 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** The first chunk is VP8X (extended), VP8L (lossless) or VP8 (lossy); told apart by its fourth letter (RFC 9649). */
function webpSize(view: DataView): Dimensions {
  const kind = String.fromCharCode(view.getUint8(15));
  if (kind === 'X') return [1 + (view.getUint32(23, true) >>> 8), 1 + (view.getUint32(26, true) >>> 8)];
  if (kind !== 'L') return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  const packed = view.getUint32(21, true);
  return [1 + (packed & 0x3fff), 1 + ((packed >>> 14) & 0x3fff)];
}

/** The largest `ispe` property (ISO/IEC 23008-12): a picture's own, and that of the grid it is put together in. */
function avifSize(view: DataView): Dimensions | undefined {
  const [ISPE, MDAT] = [0x69737065, 0x6d646174];
  let largest: Dimensions | undefined;
  for (let box = 0, end = 0; box + 16 <= view.byteLength; box = end) {
    const size = view.getUint32(box);
    // 0: to the end of the file; 1: eight bytes behind the type say.
    end = size === 1 ? box + Number(view.getBigUint64(box + 8)) : size === 0 ? view.byteLength : box + size;
    if (end < box + 8) break;
    if (view.getUint32(box + 4) === MDAT) continue; // compressed
    for (let at = box + 8; at + 16 <= Math.min(end, view.byteLength); at++) {
      if (view.getUint32(at) !== ISPE) continue;
      const [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
      if (!largest || width * height > largest[0] * largest[1]) largest = [width, height];
    }
  }
  return largest;
}

/** ImageWidth and ImageLength of the first directory (TIFF 6.0, section 2). */
function tiffSize(view: DataView): Dimensions | undefined {
  const [width, height] = [256, 257].map((tag) => tiffTag(view, tag));
  return width !== undefined && height !== undefined ? [width, height] : undefined;
}

/** The number that the first directory has under a tag. */
function tiffTag(view: DataView, wanted: number): number | undefined {
  const little = view.getUint8(0) === 0x49;
  const start = view.getUint32(4, little);
  const SHORT = 3;
  for (let i = 0, at = start + 2; i < view.getUint16(start, little); i++, at += 12) {
    if (view.getUint16(at, little) !== wanted) continue;
    return view.getUint16(at + 2, little) === SHORT ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little);
  }
  return undefined;
}

/** Whether a JPEG photo is stored on its side: its EXIF block, a TIFF file in a segment APP1, has an Orientation of 5 to 8. */
export function jpegLies(view: DataView): boolean {
  const [APP1, EXIF, ORIENTATION] = [0xffe1, 0x45786966, 0x112];
  try {
    for (let at = 2; view.getUint8(at) === 0xff && view.getUint16(at) !== 0xffda; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint16(at) !== APP1 || view.getUint32(at + 4) !== EXIF) continue;
      const block = new DataView(view.buffer, view.byteOffset + at + 10, view.getUint16(at + 2) - 8);
      return (tiffTag(block, ORIENTATION) ?? 0) >= 5;
    }
  } catch {
    // Cut off: nothing is known of it.
  }
  return false;
}
