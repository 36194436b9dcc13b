import { ImageError } from '../errors.js';
import { fetchBytes } from './fetch.js';
import { inspect } from './header.js';
import { checkSize, toRgb } from './pixels.js';
import { asBytes, asRaw, notAnImage } from './raw.js';
import type { ImageInput, RgbImage } from './types.js';

const ACCEPTED =
  'a Blob, URL, bytes, ImageBitmap, ImageData, canvas, img or video element, or { data, width, height, channels }';

/** The stored numbers, unconverted: the ones nets were trained on, and the ones Node gives. */
const AS_STORED: ImageBitmapOptions = {
  colorSpaceConversion: 'none',
  imageOrientation: 'from-image',
  premultiplyAlpha: 'none',
};

/**
 * Reads an image as upright, opaque RGB; works on the page and in workers.
 * EXIF orientation is applied, alpha laid over white, embedded colour profiles are ignored.
 * @throws ImageError for a failed request, no bytes, not an image, a truncated or an absurdly large one
 * @throws ArgumentError for an input of another kind
 */
export async function decodeImage(input: ImageInput): Promise<RgbImage> {
  const raw = asRaw(input);
  if (raw) return toRgb(raw);
  if (input instanceof ImageBitmap) return rgbOf(input, 'image');
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

/**
 * Turns what cannot be posted to a worker (elements, canvases, relative URLs) into what can.
 * Everything else is handed through. To be called on the thread that owns the element.
 * @throws ImageError for an element without pixels: not loaded yet, broken, or tainted by another origin
 */
export async function toTransportable(input: ImageInput): Promise<ImageInput> {
  if (typeof input === 'string' || input instanceof URL) return new URL(input, self.location.href).href;
  if (!isDrawable(input)) return input;
  const place = input.constructor.name;
  try {
    return await createImageBitmap(input, AS_STORED);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'wait until it has loaded, and serve it from the same origin or with CORS';
    throw new ImageError(`${place}: has no pixels to read (${reason}); ${hint}`, { place, got: reason, hint, cause });
  }
}

type Drawable = OffscreenCanvas | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement;

/** Element classes do not exist in workers, so they are looked up by name. */
function isDrawable(input: unknown): input is Drawable {
  return ['OffscreenCanvas', 'HTMLImageElement', 'HTMLCanvasElement', 'HTMLVideoElement'].some((name) => {
    const known: unknown = Reflect.get(globalThis, name);
    return typeof known === 'function' && input instanceof known;
  });
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

function closing(bitmap: ImageBitmap, place: string): RgbImage {
  try {
    return rgbOf(bitmap, place);
  } finally {
    bitmap.close();
  }
}

function rgbOf(bitmap: ImageBitmap, place: string): RgbImage {
  const { width, height } = bitmap;
  checkSize(width, height, place);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new ImageError(`${place}: this browser gives no 2-d canvas of ${width} x ${height}`, { place });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return toRgb({ data, width, height, channels: 4 }, place);
}
