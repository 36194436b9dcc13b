import { DtypeError, FormatError } from '../../base/errors.js';
import { typeName } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { PlatformBlob } from '../../base/globals.js';
import { bytesOf } from '../../tensor/arrays.js';

/** A file's content. */
export type FileContent = Uint8Array | ArrayBuffer | PlatformBlob;

/** A gzip file that unpacks to more is refused: a few megabytes may hold gigabytes of nothing. */
const MAX_BYTES = 2 ** 32;

/**
 * The bytes of a file, unpacked if it is a gzip file.
 * @throws DtypeError for what is no file; FormatError for a gzip file that is damaged or ends too early
 */
export async function contentOf(place: string, file: unknown): Promise<Uint8Array> {
  const given = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : bytesOf(file, place);
  const bytes = given ?? wrong(place, 'bytes or a Blob', typeName(file), { as: DtypeError });
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(place, bytes) : bytes;
}

async function gunzip(place: string, bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    const reader = source.pipeThrough(new DecompressionStream('gzip')).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      length += next.value.length;
      if (length > MAX_BYTES) throw new Error(`it unpacks to more than ${MAX_BYTES} bytes`);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    wrong(place, 'a whole gzip file', `one that is damaged or ends too early (${reason})`, { as: FormatError, hint: 'fetch it again', cause });
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
