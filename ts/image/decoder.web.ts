import { UnsupportedError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { asRaw } from './raw.js';

/** What browsers decode with, and Node has not. */
const NEEDED = ['createImageBitmap', 'ImageBitmap', 'OffscreenCanvas'];

/** @throws UnsupportedError for what would have to be decoded where nothing decodes, as in Node; pixels do not have to be */
export function expectDecoder(image: unknown): void {
  const missing = asRaw(image) ? undefined : NEEDED.find((name) => Reflect.get(globalThis, name) === undefined);
  if (missing === undefined) return;
  const hint = 'give { data, width, height, channels }, or in Node use receptive/inline';
  wrong('image', `an environment with ${missing}, to decode images`, 'one without', { as: UnsupportedError, hint });
}
