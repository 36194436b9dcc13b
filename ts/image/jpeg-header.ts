/** What the header of a JPEG file says, read here where it is plain: a decoder that is asked for it is set up twice. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** Of EXIF, 1 to 8; 1 without. */
  readonly orientation: number;
}

const [SOI, APP1, SOS] = [0xffd8, 0xffe1, 0xffda];
/** Baseline, extended and progressive. */
const FRAMES = [0xffc0, 0xffc1, 0xffc2];
/** Segments that say nothing about the size: tables, restart intervals, comments and what applications write. */
const isOther = (marker: number): boolean => marker === 0xffc4 || marker === 0xffdb || marker === 0xffdd || marker === 0xfffe || (marker >= 0xffe0 && marker <= 0xffef);

/**
 * The header of a grey or YCbCr photo of 8 bits (ITU-T T.81, annex B; Exif 2.3, 4.6.4). Undefined for all that is not plain: other
 * segments or inks, bytes in between, a header that is cut off, more than one frame or EXIF block, an orientation of another form.
 */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return view.getUint16(0) === SOI ? walked(view) : undefined;
  } catch (cause) {
    if (cause instanceof RangeError) return undefined; // cut off
    throw cause;
  }
}

function walked(view: DataView): JpegHeader | undefined {
  let size: Omit<JpegHeader, 'orientation'> | undefined;
  let orientation: number | undefined;
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === SOS) return size && { ...size, orientation: orientation ?? 1 };
    if (FRAMES.includes(marker)) {
      if (size || !isPlain(view, at)) return undefined;
      size = { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    } else if (!isOther(marker)) return undefined;
    if (marker !== APP1 || !isExif(view, at)) continue;
    if (orientation !== undefined) return undefined;
    orientation = exifOrientation(new DataView(view.buffer, view.byteOffset + at + 10, view.getUint16(at + 2) - 8));
    if (orientation === undefined) return undefined;
  }
}

/** Whether a frame is one of 8 bits, of one or three components. */
function isPlain(view: DataView, at: number): boolean {
  const components = view.getUint8(at + 9);
  return view.getUint8(at + 4) === 8 && (components === 1 || components === 3);
}

function isExif(view: DataView, at: number): boolean {
  return view.getUint32(at + 4) === 0x45786966 && view.getUint16(at + 8) === 0;
}

/** 1 where there is none; undefined where it is no single number of 16 bits, 1 to 8, or the directory is none (TIFF 6.0, section 2). */
function exifOrientation(tiff: DataView): number | undefined {
  const [ORIENTATION, SHORT] = [0x112, 3];
  const mark = tiff.getUint32(0);
  const little = mark === 0x49492a00;
  if (!little && mark !== 0x4d4d002a) return undefined;
  const start = tiff.getUint32(4, little);
  const entries = Array.from({ length: tiff.getUint16(start, little) }, (_, i) => start + 2 + 12 * i);
  const at = entries.filter((entry) => tiff.getUint16(entry, little) === ORIENTATION);
  if (at.length !== 1) return at.length === 0 ? 1 : undefined;
  const [entry = 0] = at;
  if (tiff.getUint16(entry + 2, little) !== SHORT || tiff.getUint32(entry + 4, little) !== 1) return undefined;
  const value = tiff.getUint16(entry + 8, little);
  return value >= 1 && value <= 8 ? value : undefined;
}
