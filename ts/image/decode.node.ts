import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fileReason } from '../bytes/file-reason.node.js';
import { resolveLocation } from '../bytes/locate.node.js';
import { placeOf } from '../bytes/response.js';
import { ImageError } from '../base/errors.js';
import { failed, wrong } from '../base/wrong.js';
import { fetchBytes } from './fetch.js';
import { decodeBmp } from './bmp.js';
import { inspect } from './header.js';
import { decodeRequest } from './decode-options.js';
import type { Decoded, DecodeRequest } from './decoded.js';
import { notAnImage } from './not-an-image.js';
import { toRgb, whole } from './pixels.js';
import { asBytes, asRaw } from './raw.js';
import { decodeWithSharp } from './sharp.node.js';
import { stranger } from './stranger.js';
import type { DecodeOptions, ImageInput, RgbImage } from './types.js';

const CONTENT = 'bytes, a Blob, ImageData or { data, width, height, channels }';

/**
 * Reads an image as upright, opaque RGB.
 * EXIF orientation is applied, alpha laid over white, embedded colour profiles are ignored: the stored numbers
 * are the ones nets were trained on, and the ones a browser gives.
 *
 * Encoded images need the package `sharp`; BMP files, raw pixels and ImageData do not.
 * @throws ImageError for a missing file, no bytes, not an image, a truncated or an absurdly large one
 * @throws ArgumentError for an input of another kind, or an option
 */
export async function decodeImage(input: ImageInput, options: DecodeOptions = {}): Promise<RgbImage> {
  const decoded = await decodePixels(input, decodeRequest(options));
  // a decoder's own buffer need not be copied, a caller's must
  const { data, width, height, channels } = decoded;
  return channels === 3 && data instanceof Uint8Array && !asRaw(input) ? { data, width, height } : toRgb(decoded);
}

/** Reads an image as upright pixels, perhaps smaller than it is; see `DecodeRequest`. Throws as `decodeImage`. */
export async function decodePixels(input: ImageInput, request: DecodeRequest): Promise<Decoded> {
  const raw = asRaw(input);
  if (raw) return whole(raw);
  const { bytes, place } = await read(input, request.locations);
  const format = inspect(bytes, place, request.maxPixels);
  return format === 'BMP' ? whole(decodeBmp(bytes, place), place) : decodeWithSharp(bytes, place, format, request);
}

async function read(input: ImageInput, locations = true): Promise<{ bytes: Uint8Array; place: string }> {
  const given = asBytes(input);
  if (given) return { bytes: given, place: 'image' };
  if (input instanceof Blob) {
    const place = 'name' in input && typeof input.name === 'string' ? input.name : 'image';
    return { bytes: new Uint8Array(await input.arrayBuffer()), place };
  }
  if (typeof input !== 'string' && !(input instanceof URL)) notAnImage(stranger(input), locations, CONTENT);
  const address = addressOf(input);
  const place = placeOf(address);
  if (/^(https?|data|blob):/i.test(address)) return { bytes: await fetchBytes(address), place };
  try {
    return { bytes: await readFile(/^file:/i.test(address) ? fileURLToPath(address) : address), place };
  } catch (cause) {
    const got = fileReason(cause);
    failed(place, 'the image cannot be read', got, { as: ImageError, cause });
  }
}

/** @throws ImageError for what is no path, nor a URL that is read here */
function addressOf(input: string | URL): string {
  try {
    return resolveLocation(input);
  } catch (cause) {
    const [place, expected] = [placeOf(String(input)) || 'image', 'a path, or a URL that can be read here'];
    const got = cause instanceof Error ? cause.message : String(cause);
    wrong(place, expected, `none (${got})`, { as: ImageError, cause });
  }
}
