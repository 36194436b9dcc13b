import { ImageError } from '../errors.js';
import { fetchBytes } from './fetch.js';
import { inspect } from './header.js';
import { DEFAULT_MAX_PIXELS } from './decoded.js';
import type { Decoded, DecodeRequest } from './decoded.js';
import { checkSize, toRgb, whole } from './pixels.js';
import { asBytes, asRaw, notAnImage } from './raw.js';
import { AS_STORED, toTransportable } from './transport.web.js';
import type { DecodeOptions, ImageInput, RgbImage } from './types.js';

export { toTransportable };

const ACCEPTED =
  'a Blob, URL, bytes, ImageBitmap, ImageData, canvas, img or video element, or { data, width, height, channels }';

/**
 * Reads an image as upright, opaque RGB; works on the page and in workers.
 * EXIF orientation is applied, alpha laid over white, embedded colour profiles are ignored.
 * @throws ImageError for a failed request, no bytes, not an image, a truncated or an absurdly large one
 * @throws ArgumentError for an input of another kind
 */
export async function decodeImage(input: ImageInput, { maxPixels = DEFAULT_MAX_PIXELS }: DecodeOptions = {}): Promise<RgbImage> {
  return toRgb(await decodePixels(input, { maxPixels }));
}

/** Reads an image as upright pixels, perhaps smaller than it is; see `DecodeRequest`. Throws as `decodeImage`. */
export async function decodePixels(input: ImageInput, _request: DecodeRequest): Promise<Decoded> {
  const raw = asRaw(input);
  if (raw) return whole(raw);
  if (input instanceof ImageBitmap) return pixelsOf(input, 'image');
  const source = await toTransportable(input);
  if (source instanceof ImageBitmap) return closing(source, 'image');
  const { blob, place } = await read(source);
  inspect(new Uint8Array(await blob.slice(0, 65536).arrayBuffer()), place);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, AS_STORED);
  } catch (cause) {
    const hint = 'the file is damaged, cut off or in a format this browser does not know';
    throw new ImageError(`${place}: could not be decoded; ${hint}`, { place, expected: 'an image', hint, cause });
  }
  return closing(bitmap, place);
}

async function read(input: ImageInput): Promise<{ blob: Blob; place: string }> {
  if (input instanceof Blob) {
    const place = 'name' in input && typeof input.name === 'string' ? input.name : 'image';
    return { blob: input, place };
  }
  if (typeof input === 'string') return { blob: blobOf(await fetchBytes(input)), place: input };
  const bytes = asBytes(input);
  return bytes ? { blob: blobOf(bytes), place: 'image' } : notAnImage(input, ACCEPTED);
}

function blobOf(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

function closing(bitmap: ImageBitmap, place: string): Decoded {
  try {
    return pixelsOf(bitmap, place);
  } finally {
    bitmap.close();
  }
}

function pixelsOf(bitmap: ImageBitmap, place: string): Decoded {
  const { width, height } = bitmap;
  checkSize(width, height, place);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new ImageError(`${place}: this browser gives no 2-d canvas of ${width} x ${height}`, { place });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return whole({ data, width, height, channels: 4 });
}
