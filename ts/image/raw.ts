import { arrayKind, bytesOf, checkAttached } from '../tensor/arrays.js';
import type { RawImage } from './types.js';

/** Pixels that are there already: a RawImage; or what says no channel count, an RgbImage with three or an ImageData with four. */
export function asRaw(input: unknown): RawImage | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { data, width, height, channels } = input as Partial<RawImage>;
  const bytes = /^Uint8(Clamped)?Array$/.test(arrayKind(data) ?? '');
  if (!data || !bytes || typeof width !== 'number' || typeof height !== 'number') return undefined;
  checkAttached(data.buffer, 'image');
  return { data, width, height, channels: channels ?? (data.byteLength === width * height * 3 ? 3 : 4) };
}

/** Encoded bytes as a view that honours byteOffset; undefined for anything else. */
export function asBytes(input: unknown): Uint8Array | undefined {
  return bytesOf(input, 'image');
}
