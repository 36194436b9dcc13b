import { open, readdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { foreignFolder } from '../formats/foreign-folder.js';
import type { Foreign } from '../formats/foreign.js';
import { inMemory } from '../formats/stored.js';
import type { ByteSource } from '../formats/stored.js';
import { fileReason } from './file-reason.node.js';
import { openFileSource } from './file-source.node.js';
import { failure, fetchResponse, readResponse, throwIfAborted } from './response.js';
import type { Reading } from './response.js';
import { compileBytes } from './wasm-bytes.js';

const CHUNK_BYTES = 1 << 22;

/**
 * A location as the worker will understand it. A string that is no URL is a path.
 * @throws Error for nothing, a URL that is malformed, or of another kind than http, file, data and blob
 */
export function resolveLocation(location: string | URL): string {
  const text = location instanceof URL ? location.href : location;
  if (text.trim() === '') throw new Error('it is empty');
  // Throws for other machines, and encoded slashes.
  if (/^file:/i.test(text)) fileURLToPath(text);
  if (!/^([a-z][a-z\d+.-]+:\/\/|https?:|data:|blob:)/i.test(text)) return text;
  if (/^(https?|file|data|blob):/.test(new URL(text).protocol)) return text;
  throw new Error('http, https, file, data and blob URLs are read');
}

/**
 * The bytes at a path or URL.
 * @throws `reading.Failure` naming the location
 */
export async function readLocation(location: string, reading: Reading): Promise<Uint8Array<ArrayBuffer>> {
  if (/^(https?|data|blob):/i.test(location)) return readResponse(await fetchResponse(location, reading), reading);
  let file: FileHandle | undefined;
  try {
    file = await open(/^file:/i.test(location) ? fileURLToPath(location) : location);
    return await readFile(file, reading);
  } catch (cause) {
    throwIfAborted(reading.signal);
    const folder = await describeFolder(location, cause);
    throw failure(reading, location, folder?.got ?? fileReason(cause), cause, folder ? folder.hint : reading.hint);
  } finally {
    await file?.close();
  }
}

/** Files from this size on are not read as a whole. */
const LARGE_BYTES = 64 << 20;

/**
 * The bytes at a path or URL, of a large file only when they are needed.
 * @throws `reading.Failure` naming the location
 */
export async function openLocation(location: string, reading: Reading): Promise<ByteSource> {
  if (!/^(https?|data|blob):/i.test(location)) {
    const path = /^file:/i.test(location) ? fileURLToPath(location) : location;
    const size = await stat(path).then((found) => found.size, () => 0);
    if (size >= LARGE_BYTES) {
      try {
        return openFileSource(path, reading.onProgress);
      } catch (cause) {
        throw failure(reading, location, fileReason(cause), cause);
      }
    }
  }
  return inMemory(await readLocation(location, reading));
}

async function readFile(file: FileHandle, { onProgress, signal }: Reading): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await file.stat();
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    throwIfAborted(signal);
    const { bytesRead } = await file.read(bytes, length, Math.min(CHUNK_BYTES, size - length), length);
    if (bytesRead === 0) break;
    length += bytesRead;
    onProgress?.(length, size);
  }
  return length === size ? bytes : bytes.slice(0, length);
}

/** What a folder is that was given in place of a file, if other tools make such ones. */
async function describeFolder(location: string, cause: unknown): Promise<Foreign | undefined> {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'EISDIR')) return undefined;
  return foreignFolder(await readdir(/^file:/i.test(location) ? fileURLToPath(location) : location));
}

/** The compiled module at a path or URL. */
export async function compileAt(location: string, reading: Reading): Promise<WebAssembly.Module> {
  return compileBytes(await readLocation(location, reading), location);
}
