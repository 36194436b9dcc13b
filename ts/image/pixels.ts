import { ImageError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { checkAttached } from '../tensor/arrays.js';
import { showValue } from '../base/show.js';
import type { Decoded } from './decoded.js';
import type { RawImage, RgbImage } from './types.js';

/** Above this the decoded copy alone takes 300 MB; a photo of that size is a mistake or an attack. */
export const MAX_PIXELS = 100_000_000;

/**
 * Refuses sizes that no image has, or that would exhaust memory.
 * @param most - pixels that are accepted
 * @throws ImageError
 */
export function checkSize(width: number, height: number, place: string, most = MAX_PIXELS): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    wrong(place, 'a width and height of at least 1 pixel', `${showValue(width)} x ${showValue(height)}`, { as: ImageError });
  }
  if (width * height > most) {
    const hint = 'scale the image down first';
    wrong(place, `at most ${most} pixels`, `${width} x ${height}`, { as: ImageError, hint });
  }
}

/** Pixels that nothing has made smaller. @throws ImageError as `toRgb` */
export function whole(image: RawImage, place = 'image'): Decoded {
  checkRaw(image, place);
  return { ...image, full: { width: image.width, height: image.height } };
}

/** Red first: exchanges red and blue, in place, where blue is first. */
export function redFirst(pixels: Decoded): Decoded {
  const { data, channels, order } = pixels;
  if (order === undefined) return pixels;
  for (let at = 0; at < data.length; at += channels) {
    const blue = data[at] ?? 0;
    data[at] = data[at + 2] ?? 0;
    data[at + 2] = blue;
  }
  return { ...pixels, order: undefined };
}

/**
 * Refuses what is no image of three bytes a pixel.
 * @throws ImageError
 */
export function checkRgb(image: RgbImage, place: string): void {
  if (typeof image !== 'object' || image === null || !ArrayBuffer.isView(image.data)) {
    wrong(place, 'an image { data, width, height } of bytes, as decodeImage gives it', showValue(image), { as: ImageError });
  }
  const { data, width, height } = image;
  checkSize(width, height, place);
  checkAttached(data.buffer, place);
  if (data.length === width * height * 3) return;
  const expected = `${width * height * 3} bytes (RGB)`;
  wrong(place, `${expected} for ${width} x ${height} pixels`, `${data.length} bytes`, { as: ImageError });
}

/**
 * Grey, RGB or RGBA to RGB. Alpha is laid over white: `round(c * a / 255) + 255 - a`, the rounding a
 * premultiplied canvas has applied already, so that a browser and Node agree on every bit.
 * The result never shares memory with the argument.
 * @throws ImageError for impossible sizes, channel counts, or a buffer of the wrong length
 */
export function toRgb(image: RawImage, place = 'image'): RgbImage {
  checkRaw(image, place);
  const { data, width, height, channels } = image;
  return { data: opaque(data, width * height, channels), width, height };
}

function checkRaw({ data, width, height, channels }: RawImage, place: string): void {
  checkSize(width, height, place);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    wrong(place, '1, 3 or 4 channels', showValue(channels), { as: ImageError });
  }
  const pixels = width * height;
  if (data.length !== pixels * channels) {
    wrong(place, `${pixels * channels} bytes for ${width} x ${height} x ${channels}`, `${data.length} bytes`, { as: ImageError });
  }
}

function opaque(data: RawImage['data'], pixels: number, channels: 1 | 3 | 4): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  if (channels === 3) {
    out.set(data);
    return out;
  }
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from += channels, to += 3) {
    const red = data[from] ?? 0;
    if (channels === 1) {
      out[to] = out[to + 1] = out[to + 2] = red;
      continue;
    }
    const alpha = data[from + 3] ?? 0;
    out[to] = overWhite(red, alpha);
    out[to + 1] = overWhite(data[from + 1] ?? 0, alpha);
    out[to + 2] = overWhite(data[from + 2] ?? 0, alpha);
  }
  return out;
}

function overWhite(value: number, alpha: number): number {
  return Math.floor((value * alpha + 127) / 255) + 255 - alpha;
}
