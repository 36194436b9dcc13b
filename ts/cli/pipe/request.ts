import type { Line } from '../../bytes/lines.js';
import { showValue } from '../../base/show.js';
import { mismatch } from '../../base/wrong.js';

/** What a line asks about. */
export interface PhotoRequest {
  /** What the answer repeats, so that the asker knows which it is. */
  readonly about: { readonly id?: string | number; readonly path?: string; readonly line?: number };
  /** A path or URL, or the bytes of a photo; or why there is none. */
  readonly photo: string | Uint8Array | Error;
}

/** Bytes of a line: a photo of 48 MiB as base64. */
export const MOST_BYTES = 1 << 26;

/**
 * Reads a path or URL, or an object as JSON with a `path` or, as base64, an `image`, and an `id` where one is wanted. What cannot be read is
 * no error of the command: it becomes one of the line.
 */
export function readRequest({ number, text }: Line): PhotoRequest {
  const about = { line: number };
  const place = `line ${number}`;
  if (text === undefined) return { about, photo: mismatch(place, `a line of at most ${MOST_BYTES} bytes`, 'a longer one') };
  if (text.includes('\0')) return { about, photo: mismatch(place, 'a path, or an object as JSON', 'bytes of another file', { hint: 'a list names photos' }) };
  if (!text.startsWith('{')) return { about: { path: text }, photo: text };
  try {
    return ofObject(JSON.parse(text) as Readonly<Record<string, unknown>>, number);
  } catch {
    return { about, photo: mismatch(place, 'a path, or an object as JSON', 'what is no JSON') };
  }
}

function ofObject({ id, path, image }: Readonly<Record<string, unknown>>, line: number): PhotoRequest {
  const place = `line ${line}`;
  const known = typeof id === 'string' || typeof id === 'number' ? { id } : undefined;
  const refused = (expected: string, got: string): PhotoRequest => ({ about: known ?? { line }, photo: mismatch(place, expected, got) });
  if (id !== undefined && !known) return refused('an id that is text or a number', showValue(id));
  if ((path === undefined) === (image === undefined)) return refused('a path or an image', path === undefined ? 'neither' : 'both');
  if (path !== undefined) {
    return typeof path === 'string' && path !== '' ? { about: { ...known, path }, photo: path } : refused('a path that is text', showValue(path));
  }
  if (typeof image !== 'string' || !isBase64(image)) return refused('an image in base64', typeof image === 'string' ? 'other text' : showValue(image));
  return { about: known ?? { line }, photo: Buffer.from(image, 'base64') };
}

function isBase64(text: string): boolean {
  return text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}
