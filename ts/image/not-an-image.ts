import { ImageError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { Stranger } from './stranger.js';

/** What to do about what has such a property. */
const REMEDIES: Readonly<Record<string, string>> = {
  canvas: 'give its .canvas',
  then: 'await it first',
  bodyUsed: 'give what its blob() resolves to',
  getReader: 'give what new Response(stream).blob() resolves to',
  pipe: 'give Buffer.concat(await stream.toArray())',
  getFile: 'give what its getFile() resolves to',
  files: 'give one of its files: .files[0]',
  item: 'give one of them: list[0]',
  length: 'give bytes as a Uint8Array, of several images one: images[0]',
  nodeType: 'give an img, video or canvas element',
};

/** What to do about pixels of another origin. */
export const FOREIGN = 'set crossOrigin on the element before its src, and serve the image with CORS headers';

/**
 * @param locations - whether a path or URL would have been followed; only then the message offers one
 * @param content - what else is taken
 * @throws ArgumentError naming what is taken; ImageError for a bitmap or frame, which only its origin keeps from being one
 */
export function notAnImage({ got, trait = '' }: Stranger, locations: boolean, content = 'bytes, a Blob, pixels, or an element with pixels'): never {
  const accepted = locations ? `a path or URL, ${content}` : content;
  if (trait === 'close') {
    wrong(got, 'pixels that may be read', 'pixels of another origin, or none any more', { as: ImageError, hint: FOREIGN });
  }
  const hint = /^(null|undefined)$/.test(got) ? 'is the element or file there?' : REMEDIES[trait];
  wrong('image', accepted, got, { hint });
}
