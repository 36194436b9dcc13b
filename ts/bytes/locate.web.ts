import type { ArgumentError } from '../base/errors.js';
import { mismatch } from '../base/wrong.js';
import { inMemory } from '../formats/stored.js';
import type { ByteSource } from '../formats/stored.js';
import { fetchResponse, readResponse } from './response.js';
import type { Reading } from './response.js';
import { compileBytes, notCompiled } from './wasm-bytes.js';

/**
 * A location as the worker will understand it: the page's base is not the worker's.
 * @throws Error for nothing, or a URL that is malformed; ArgumentError for a path, a relative URL or a file: URL where there is no page, as
 *   in Node
 */
export function resolveLocation(location: string | URL): string {
  const text = String(location);
  if (text.trim() === '') throw new Error('it is empty');
  const { location: page } = globalThis as { location?: Location };
  const base = typeof document === 'object' ? document.baseURI : page?.href;
  if (base === undefined && !/^(https?|data|blob):/i.test(text)) throw noFiles(text);
  return new URL(location, base).href;
}

/** Without a page there is nothing that a path could be relative to. */
function noFiles(text: string): ArgumentError {
  const [expected, got] = ['an http(s), data or blob URL, or bytes', JSON.stringify(text)];
  const hint = "in Node give bytes (await readFile(path)), or import 'receptive' or 'receptive/inline', which read paths";
  return mismatch(undefined, expected, got, { hint: `no paths are read here: ${hint}` });
}

/**
 * The bytes at a URL.
 * @throws `reading.Failure` naming the URL
 */
export async function readLocation(location: string, reading: Reading): Promise<Uint8Array<ArrayBuffer>> {
  return readResponse(await fetchResponse(location, reading), reading);
}

/** The bytes at a URL. @throws `reading.Failure` naming the URL */
export async function openLocation(location: string, reading: Reading): Promise<ByteSource> {
  return inMemory(await readLocation(location, reading));
}

/** The compiled module at a URL: while it arrives if the server declares it as WebAssembly, else once it is here. */
export async function compileAt(location: string, reading: Reading): Promise<WebAssembly.Module> {
  const response = await fetchResponse(location, reading);
  const declared = /^application\/wasm\b/i.test(response.headers.get('content-type') ?? '');
  if (!declared || typeof WebAssembly.compileStreaming !== 'function') {
    return compileBytes(await readResponse(response, reading), location);
  }
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (cause) {
    throw notCompiled(cause, location);
  }
}
