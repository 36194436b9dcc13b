import { ArgumentError } from '../errors.js';
import { arrayKind, bytesOf, checkAttached } from '../tensor/arrays.js';
import type { RawImage } from './types.js';

/** Pixels that are there already: a RawImage, or an ImageData (which says no channel count, it has always four). */
export function asRaw(input: unknown): RawImage | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { data, width, height, channels } = input as Partial<RawImage>;
  const bytes = /^Uint8(Clamped)?Array$/.test(arrayKind(data) ?? '');
  if (!data || !bytes || typeof width !== 'number' || typeof height !== 'number') return undefined;
  checkAttached(data.buffer, 'image');
  return { data, width, height, channels: channels ?? 4 };
}

/** What is often given in place of an image has such a property, and this is to be done about it. */
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

/** What to do about what is no image. */
function remedyFor(input: unknown): string | undefined {
  if (input === null || input === undefined) return 'is the element or file there?';
  const { nodeName } = input as Partial<Node>;
  if (typeof input !== 'object' || asBytes(input) || /^(img|video|canvas)$/i.test(String(nodeName))) return undefined;
  return REMEDIES[Object.keys(REMEDIES).find((name) => name in input) ?? ''];
}

/** Refuses what cannot be posted to a worker and is often given all the same. @throws ArgumentError saying what to give */
export function expectImage(input: unknown): void {
  if (/^(fun|num|boo|sym|big)/.test(typeof input) || remedyFor(input) !== undefined) notAnImage(input, 'bytes, a Blob, pixels, a path or URL, or an element with pixels');
}

/** @throws ArgumentError naming what `decodeImage` takes */
export function notAnImage(input: unknown, accepted: string): never {
  const got = input === null ? 'null' : typeof input === 'object' ? (input.constructor?.name ?? 'object') : typeof input;
  const hint = remedyFor(input);
  const message = `image: expected ${accepted}, got ${got}`;
  throw new ArgumentError(hint === undefined ? message : `${message}; ${hint}`, { place: 'image', expected: accepted, got, hint });
}

/** Encoded bytes as a view that honours byteOffset; undefined for anything else. */
export function asBytes(input: unknown): Uint8Array | undefined {
  return bytesOf(input, 'image');
}
