import { isForeign } from './fetch-hints.js';
import { checkStatus, failure, fetchResponse, readInto, Sink, sizeOf, throwIfAborted } from './response.js';
import type { Reading } from './response.js';
import type { Validators } from './store.js';

/** Broken transfers are taken up this often, if the caller does not say. */
const RETRIES = 3;
/** Before the first time; twice as long before each later one. */
const PAUSE_MS = 100;

export interface Fetched extends Validators {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What has arrived of a file. */
interface Part extends Validators {
  readonly sink: Sink;
  /** Whether the rest can be had by itself: the server gives ranges, and says by which the file is still the same. */
  resumable: boolean;
}

/**
 * All bytes at a URL. A transfer that breaks off is taken up again where it broke off, if the server gives ranges of the very
 * same file, else from the start. A first request that fails is not repeated.
 * @param known - of a file that is there already: nothing comes back if the server says that it is still the same
 * @throws `reading.Failure` naming the URL; AbortedError
 */
export async function fetchWhole(
  url: string,
  reading: Reading,
  { retries = RETRIES, known }: { retries?: number | undefined; known?: Validators | undefined } = {},
): Promise<Fetched | undefined> {
  if (known && isForeign(url) && (await isUnchanged(url, reading, known))) return undefined;
  let part: Part | undefined;
  for (let attempt = 0; ; attempt += 1) {
    try {
      if (attempt > 0) await pause(PAUSE_MS * 2 ** (attempt - 1), reading.signal);
      const response = await request(url, reading, part, known);
      if (response.status === 304) return undefined;
      part = await receive(response, reading, part, (begun) => (part = begun));
      return { bytes: part.sink.finish(), etag: part.etag, modified: part.modified };
    } catch (error) {
      throwIfAborted(reading.signal);
      if (part === undefined || attempt >= retries) throw error;
    }
  }
}

/** Other headers than plain ranges make a browser ask a foreign server for leave, which few give: only the ETag is compared. */
async function isUnchanged(url: string, reading: Reading, { etag }: Validators): Promise<boolean> {
  if (etag === undefined) return false;
  const response = await fetchResponse(url, reading, { method: 'HEAD' }, () => undefined);
  return response.ok && response.headers.get('etag') === etag;
}

async function request(url: string, reading: Reading, part: Part | undefined, known: Validators | undefined): Promise<Response> {
  const headers: Record<string, string> = {};
  const own = !isForeign(url);
  if (part?.resumable && part.sink.length > 0) {
    headers['Range'] = `bytes=${part.sink.length}-`;
    const validator = part.etag ?? part.modified;
    if (own && validator !== undefined) headers['If-Range'] = validator;
  } else if (known && own) {
    if (known.etag !== undefined) headers['If-None-Match'] = known.etag;
    else if (known.modified !== undefined) headers['If-Modified-Since'] = known.modified;
  }
  const isFine = (response: Response): void => {
    const unchanged = response.status === 304 && known !== undefined;
    if (part && response.status === 416) part.resumable = false;
    if (!unchanged) checkStatus(response, url, reading);
  };
  return fetchResponse(url, reading, { headers }, isFine);
}

/** Reads a response to its end, behind what is there if it is the rest of that. */
async function receive(response: Response, reading: Reading, before: Part | undefined, begun: (part: Part) => void): Promise<Part> {
  const url = response.url;
  if (response.status === 206 && !(before && continues(response, before))) {
    if (before) before.resumable = false;
    await response.body?.cancel();
    throw failure(reading, url, 'another part of the file than was asked for');
  }
  const part = response.status === 206 && before ? before : begin(response);
  begun(part);
  await readInto(response, part.sink, reading);
  const { length, total } = part.sink;
  // A foreign server's content-encoding is hidden, and the length then means something else.
  if (total !== undefined && length < total && response.type !== 'cors') {
    throw failure(reading, url, `the transfer broke off after ${length} bytes of ${total}`);
  }
  return part;
}

function begin(response: Response): Part {
  const { headers } = response;
  const etag = headers.get('etag') ?? undefined;
  const modified = headers.get('last-modified') ?? undefined;
  const total = sizeOf(response);
  // Weak ETags are the same for files that differ in their bytes.
  const strong = etag === undefined ? modified !== undefined : !etag.startsWith('W/');
  const resumable = strong && total !== undefined && /\bbytes\b/i.test(headers.get('accept-ranges') ?? '');
  return { sink: new Sink(total), etag, modified, resumable };
}

function continues(response: Response, { sink, etag, modified }: Part): boolean {
  const { headers } = response;
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/i.exec(headers.get('content-range') ?? '') ?? [];
  const isSame = (headers.get('etag') ?? undefined) === etag && (etag !== undefined || headers.get('last-modified') === modified);
  return Number(from) === sink.length && isSame && (total === '*' || Number(total) === sink.total);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal?.addEventListener('abort', over);
  });
}
