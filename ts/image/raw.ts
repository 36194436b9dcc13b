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

/** What to do about what is often given in place of an image. */
function remedyFor(input: unknown): string | undefined {
  if (input === null || input === undefined) return 'is the element or file there?';
  const has = (name: string): boolean => typeof input === 'object' && name in input;
  if (has('canvas')) return 'give its .canvas';
  if (has('then')) return 'await it first';
  return has('arrayBuffer') && has('headers') ? 'give what its blob() resolves to' : undefined;
}

/** Refuses what cannot be posted to a worker and is often given all the same. @throws ArgumentError saying what to give */
export function expectImage(input: unknown): void {
  if (typeof input === 'function' || remedyFor(input) !== undefined) notAnImage(input, 'bytes, a Blob, pixels, a path or URL, or an element with pixels');
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
