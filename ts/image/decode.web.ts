import { placeOf } from '../bytes/response.js';
import { decodeRequest } from './decode-options.js';
import type { Decoded, DecodeRequest } from './decoded.js';
import { expectDecoder } from './decoder.web.js';
import { fetchBytes } from './fetch.js';
import { bitmapPixels, framePixels, lies } from './frame.web.js';
import { jpegLies, jpegSize } from './announced.js';
import { checkAnnounced, inspect } from './header.js';
import { broken } from './broken.js';
import { jpegFrame } from './jpeg.web.js';
import { notAnImage } from './not-an-image.js';
import { checkSize, redFirst, toRgb, whole } from './pixels.js';
import { asBytes, asRaw } from './raw.js';
import { shownBytes } from './shown.js';
import { stranger } from './stranger.js';
import { close } from './transport.js';
import { AS_STORED, toTransportable } from './transport.web.js';
import type { DecodeOptions, ImageInput, RgbImage } from './types.js';

const CONTENT =
  'a Blob, bytes, ImageBitmap, VideoFrame, ImageData, canvas, img or video element, or { data, width, height, channels }';

/**
 * Reads an image as upright, opaque RGB; works on the page and in workers.
 * EXIF orientation is applied, alpha laid over white, embedded colour profiles are ignored.
 * @throws ImageError for a failed request, no bytes, not an image, a truncated or an absurdly large one
 * @throws ArgumentError for an input of another kind, or an option
 */
export async function decodeImage(input: ImageInput, options: DecodeOptions = {}): Promise<RgbImage> {
  expectDecoder(input);
  const pixels = await decodePixels(input, decodeRequest(options));
  const image = toRgb(redFirst(pixels));
  pixels.release?.();
  return image;
}

/**
 * Reads an image as upright pixels, perhaps smaller than it is; see `DecodeRequest`. Of an animation that is the first picture,
 * unless an element has to be drawn for it. Throws as `decodeImage`.
 */
export async function decodePixels(input: ImageInput, request: DecodeRequest): Promise<Decoded> {
  const raw = asRaw(input);
  if (raw) return whole(raw);
  if (input instanceof ImageBitmap) return bitmapPixels(input, 'image');
  if (isFrame(input)) return framePixels(input, 'image');
  const { image, shown, draw } = await toTransportable(input);
  const bytes = shown && request.least ? await shownBytes(shown) : undefined;
  if (shown && !bytes) checkAnnounced(shown.width, shown.height, 'image', request.maxPixels);
  const source = bytes ?? (draw ? await draw(request.least) : (image as ImageInput));
  return source instanceof ImageBitmap || isFrame(source) ? ofOwn(source, 'image') : encoded(source, request);
}

/** Pages of insecure origins have no VideoFrame. */
function isFrame(input: unknown): input is VideoFrame {
  return typeof VideoFrame === 'function' && input instanceof VideoFrame;
}

/** Of a bitmap or frame that nobody else has. */
async function ofOwn(source: ImageBitmap | VideoFrame, place: string): Promise<Decoded> {
  try {
    return await (isFrame(source) ? framePixels(source, place) : bitmapPixels(source, place));
  } finally {
    close(source);
  }
}

async function encoded(input: ImageInput, { maxPixels, least, locations }: DecodeRequest): Promise<Decoded> {
  const { blob, place } = await read(input, locations);
  // All of them: the size may lie behind any number of others.
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const format = inspect(bytes, place, maxPixels);
  if (format === 'JPEG' && least) {
    const smaller = await smallerJpeg(bytes, place, { maxPixels, least });
    if (smaller) return smaller;
  }
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, AS_STORED);
  } catch (cause) {
    throw broken(place, format, cause);
  }
  return ofOwn(bitmap, place);
}

/** A photo at a fraction of its size; undefined as `jpegFrame`. */
async function smallerJpeg(bytes: Uint8Array, place: string, { maxPixels, least }: DecodeRequest): Promise<Decoded | undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = jpegSize(view);
  if (!size || !least) return undefined;
  checkSize(...size, place, maxPixels);
  // Firefox turns the pixels itself, before it makes them smaller; Chromium says how the frame is to be turned.
  const turnsItself = typeof VideoFrame === 'function' && !('rotation' in VideoFrame.prototype);
  const given = turnsItself && jpegLies(view) ? exchanged(size) : size;
  const frame = await jpegFrame(bytes, given, Math.max(...least));
  if (!frame) return undefined;
  const [width, height] = lies(frame) ? exchanged(given) : given;
  const scale = Math.round((8 * frame.codedWidth) / given[0]) / 8;
  const pixels = await ofOwn(frame, place);
  const extent = { width: width * scale, height: height * scale };
  const whole = !turnsItself && Math.ceil(extent.width) === pixels.width && Math.ceil(extent.height) === pixels.height;
  return { ...pixels, full: { width, height }, ...(whole && { extent }) };
}

const exchanged = ([width, height]: readonly [number, number]): readonly [number, number] => [height, width];

async function read(input: ImageInput, locations = true): Promise<{ blob: Blob; place: string }> {
  if (input instanceof Blob) {
    const place = 'name' in input && typeof input.name === 'string' ? input.name : 'image';
    return { blob: input, place };
  }
  if (typeof input === 'string') return { blob: blobOf(await fetchBytes(input)), place: placeOf(input) };
  const bytes = asBytes(input);
  return bytes ? { blob: blobOf(bytes), place: 'image' } : notAnImage(stranger(input), locations, CONTENT);
}

function blobOf(bytes: Uint8Array): Blob {
  // What is shared, a Blob does not take.
  return new Blob([bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice()]);
}
