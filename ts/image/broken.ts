import { ImageError } from '../base/errors.js';
import { mismatch } from '../base/wrong.js';
import type { Format } from './header.js';

/** Formats that not every browser decodes. */
const RARE: readonly Format[] = ['AVIF', 'TIFF'];

/**
 * The error for a file that begins like an image and is not a whole one.
 * @param reason - what the decoder says of it, if it says something
 */
export function broken(place: string, format: Format, cause: unknown, reason?: string): ImageError {
  const got = `${article(format)} ${format} that is cut off or damaged${RARE.includes(format) ? ', or in a form that is not decoded here' : ''}`;
  const said = reason ? ` (the decoder: ${reason})` : '';
  const hint = 'get the file again, whole, or save it as another JPEG or PNG';
  return mismatch(place, 'a whole image', `${got}${said}`, { as: ImageError, hint, cause });
}

const article = (format: Format): string => (/^[AS]/.test(format) ? 'an' : 'a');
