import { FormatError } from '../base/errors.js';
import type { PlatformBlob } from '../base/globals.js';
import { typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { bytesOf } from '../tensor/arrays.js';

/** A file that is at hand: its bytes, or a Blob or File. */
export type FileBytes = Uint8Array | ArrayBuffer | PlatformBlob;

/** @throws ArgumentError for what is no file */
export async function bytesIn(file: unknown, place: string): Promise<Uint8Array> {
  if (file instanceof Blob) return new Uint8Array(await file.arrayBuffer());
  return bytesOf(file, place) ?? wrong(place, 'bytes or a Blob', typeName(file));
}

/** @throws FormatError for bytes that are no text; ArgumentError for what is neither text nor file */
export async function textIn(file: unknown, place: string): Promise<string> {
  if (typeof file === 'string') return file;
  const bytes = await bytesIn(file, place);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    return wrong(place, 'a text in UTF-8', 'another encoding, or no text', { as: FormatError, cause });
  }
}
