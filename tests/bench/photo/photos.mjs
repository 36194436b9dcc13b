/** The photos: made from one of the examples' by a formula, so that every machine measures the same pixels. */
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { PHOTOS } from './sizes.mjs';

const SOURCE = fileURLToPath(new URL('../../../examples/assets/photos/coffee.png', import.meta.url));

/** Values that noise adds at most; without it an enlarged photo has fewer bytes than one from a camera. */
const NOISE = 3;

/** The photo as a JPEG of 4:2:0, which is what cameras write. */
export async function makePhoto(megapixels) {
  const { width, height, quality } = PHOTOS[megapixels];
  const pixels = await sharp(SOURCE).removeAlpha().resize(width, height, { fit: 'cover', kernel: 'cubic' }).raw().toBuffer();
  addNoise(pixels);
  const bytes = await sharp(pixels, { raw: { width, height, channels: 3 } }).jpeg({ quality }).toBuffer();
  return { megapixels, width, height, bytes: new Uint8Array(bytes) };
}

/** By a linear congruential generator. */
function addNoise(pixels) {
  let seed = 1;
  for (let i = 0; i < pixels.length; i += 1) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const value = pixels[i] + Math.round((seed / 2 ** 32 - 0.5) * 2 * NOISE);
    pixels[i] = Math.max(0, Math.min(255, value));
  }
}

/** As a row's name: size, and what it weighs. */
export function titleOf({ megapixels, width, height, bytes }) {
  return `${megapixels} MP (${width}x${height}, ${(bytes.length / 1e6).toFixed(2)} MB)`;
}
