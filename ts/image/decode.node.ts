import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ImageError } from '../errors.js';
import { fetchBytes } from './fetch.js';
import { inspect } from './header.js';
import { DEFAULT_MAX_PIXELS } from './decoded.js';
import type { Decoded, DecodeRequest } from './decoded.js';
import { toRgb, whole } from './pixels.js';
import { asBytes, asRaw, notAnImage } from './raw.js';
import type { DecodeOptions, ImageInput, RgbImage } from './types.js';

type Sharp = (typeof import('sharp'))['default'];

const ACCEPTED = 'a path, URL, bytes, Blob, ImageData or { data, width, height, channels }';

/**
 * Reads an image as upright, opaque RGB.
 * EXIF orientation is applied, alpha laid over white, embedded colour profiles are ignored: the stored numbers
 * are the ones nets were trained on, and the ones a browser gives.
 *
 * Encoded images need the package `sharp`; raw pixels and ImageData do not.
 * @throws ImageError for a missing file, no bytes, not an image, a truncated or an absurdly large one
 * @throws ArgumentError for an input of another kind
 */
export async function decodeImage(input: ImageInput, { maxPixels = DEFAULT_MAX_PIXELS }: DecodeOptions = {}): Promise<RgbImage> {
  return toRgb(await decodePixels(input, { maxPixels }));
}

/** Reads an image as upright pixels, perhaps smaller than it is; see `DecodeRequest`. Throws as `decodeImage`. */
export async function decodePixels(input: ImageInput, request: DecodeRequest): Promise<Decoded> {
  const raw = asRaw(input);
  if (raw) return whole(raw);
  const { bytes, place } = await read(input);
  inspect(bytes, place);
  const sharp = await loadSharp(place);
  try {
    const { data, info } = await sharp(bytes, { ignoreIcc: true, failOn: 'truncated', limitInputPixels: request.maxPixels })
      .rotate()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return whole({ ...greyAlpha(data, info.channels), width: info.width, height: info.height });
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    const reason = cause instanceof Error ? cause.message.trim() : String(cause);
    const hint = 'the file is damaged or cut off; fetch or export it again';
    throw new ImageError(`${place}: could not be decoded (${reason}); ${hint}`, { place, got: reason, hint, cause });
  }
}

/** sharp gives grey + alpha as two channels; spread to RGBA, so that one rule treats alpha. */
function greyAlpha(data: Uint8Array, channels: number): { data: Uint8Array; channels: 1 | 3 | 4 } {
  if (channels !== 2) return { data, channels: channels as 1 | 3 | 4 };
  const out = new Uint8Array(data.length * 2);
  for (let from = 0, to = 0; from < data.length; from += 2, to += 4) {
    out.fill(data[from] ?? 0, to, to + 3);
    out[to + 3] = data[from + 1] ?? 0;
  }
  return { data: out, channels: 4 };
}

async function read(input: ImageInput): Promise<{ bytes: Uint8Array; place: string }> {
  const given = asBytes(input);
  if (given) return { bytes: given, place: 'image' };
  if (input instanceof Blob) {
    const place = 'name' in input && typeof input.name === 'string' ? input.name : 'image';
    return { bytes: new Uint8Array(await input.arrayBuffer()), place };
  }
  if (typeof input !== 'string' && !(input instanceof URL)) notAnImage(input, ACCEPTED);
  const place = String(input);
  if (/^(https?|data|blob):/.test(place)) return { bytes: await fetchBytes(place), place };
  try {
    return { bytes: await readFile(place.startsWith('file:') ? fileURLToPath(place) : place), place };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    const got = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a folder' : code;
    throw new ImageError(`${place}: cannot read the image: ${got}`, { place, expected: 'an image file', got, cause });
  }
}

async function loadSharp(place: string): Promise<Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    const hint = 'npm install sharp';
    throw new ImageError(
      `${place}: reading image files in Node needs the package sharp, which is not installed: ${hint}`,
      { place, expected: 'the package sharp', got: 'not installed', hint, cause },
    );
  }
}
