import { AbortedError } from '../base/errors.js';
import type { ErrorFields, ReceptiveError } from '../base/errors.js';
import { showValue } from '../base/show.js';
import { mismatch, wrong } from '../base/wrong.js';
import { statusHint, unreachedHint } from './fetch-hints.js';

/** Told how many bytes have arrived, and of how many where that is known. */
export type Progress = (bytes: number, total: number | undefined) => void;

/** What is being read, for messages, and who is told about it. */
export interface Reading {
  /** 'the weights', 'WebAssembly': what was expected at the location. */
  readonly expected: string;
  /** Class of the error for what cannot be read. */
  readonly Failure: new (message: string, fields?: ErrorFields) => ReceptiveError;
  /** What to do where no file is at the location; what fits any file if none is given. */
  readonly hint?: string | undefined;
  readonly onProgress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

const unreachable = new WeakSet<object>();

/** Whether an error is of a request that no server answered. */
export function isUnreachable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && unreachable.has(error);
}

/**
 * The response at a URL.
 * @param check - throws for a status that is no success
 * @throws `Failure` naming the URL, for a failed request or a status that is no success
 */
export async function fetchResponse(
  url: string,
  reading: Reading,
  init: RequestInit = {},
  check: (response: Response, url: string, reading: Reading) => void = checkStatus,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, reading.signal ? { ...init, signal: reading.signal } : init);
  } catch (cause) {
    throwIfAborted(reading.signal);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = failure(reading, url, `the request failed (${reason})`, cause, unreachedHint(url));
    unreachable.add(error);
    throw error;
  }
  check(response, url, reading);
  return response;
}

/** @throws `Failure` for a status that is no success */
export function checkStatus(response: Response, url: string, reading: Reading): void {
  if (response.ok) return;
  const hint = (response.status === 404 ? reading.hint : undefined) ?? statusHint(response.status);
  throw failure(reading, url, `HTTP ${response.status} ${response.statusText}`.trim(), undefined, hint);
}

/**
 * All bytes of a response, with progress. Where the length is declared they go straight to their place.
 * @throws `Failure` for a bad status or a body that breaks off, AbortedError for an abort
 */
export async function readResponse(response: Response, reading: Reading): Promise<Uint8Array<ArrayBuffer>> {
  const url = response.url || 'response';
  checkStatus(response, url, reading);
  if (response.bodyUsed) throw failure(reading, url, 'a response whose body has been read already');
  const sink = new Sink(sizeOf(response));
  await readInto(response, sink, reading);
  return sink.finish();
}

/** Reads a body to its end; what has arrived is in the sink if it breaks off. @throws `Failure`, AbortedError */
export async function readInto(response: Response, sink: Sink, reading: Reading): Promise<void> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  reading.signal?.addEventListener('abort', cancel, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      throwIfAborted(reading.signal);
      if (done) break;
      sink.add(value);
      reading.onProgress?.(sink.length, sink.total);
    }
  } catch (cause) {
    throwIfAborted(reading.signal);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw failure(reading, response.url || 'response', `the transfer broke off after ${sink.length} bytes (${reason})`, cause);
  } finally {
    reading.signal?.removeEventListener('abort', cancel);
  }
}

/** The bytes that a response says it has. A compressed body is longer than its content-length says: then it is unknown. */
export function sizeOf(response: Response): number | undefined {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const encoded = response.headers.get('content-encoding') ?? 'identity';
  return encoded === 'identity' && Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

/** Sizes up to here are allocated when declared; more only as it really arrives: a header may lie. */
const TRUSTED_BYTES = 2 ** 31;

/** Bytes as they arrive. */
export class Sink {
  length = 0;
  private buffer: Uint8Array<ArrayBuffer>;

  constructor(readonly total: number | undefined) {
    this.buffer = new Uint8Array(total !== undefined && total <= TRUSTED_BYTES ? total : 1 << 16);
  }

  add(chunk: Uint8Array): void {
    const needed = this.length + chunk.byteLength;
    if (needed > this.buffer.byteLength) {
      const larger = new Uint8Array(Math.max(needed, this.buffer.byteLength * 2));
      larger.set(this.buffer.subarray(0, this.length));
      this.buffer = larger;
    }
    this.buffer.set(chunk, this.length);
    this.length = needed;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.length === this.buffer.byteLength ? this.buffer : this.buffer.slice(0, this.length);
  }
}

/** @throws AbortedError once the signal has been aborted, its reason as the cause; ArgumentError for what is no signal */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal && typeof signal.removeEventListener !== 'function') {
    wrong('signal', 'an AbortSignal', showValue(signal), { hint: 'give controller.signal' });
  }
  if (signal?.aborted) throw new AbortedError('aborted', { cause: signal.reason });
}

/** A location as messages name it: the text of a data URL is a file, not a name. */
export function placeOf(location: string): string {
  return /^data:/i.test(location) ? 'data URL' : location;
}

/** The error for a place where something else was found than expected. */
export function failure({ Failure, expected }: Reading, location: string, got: string, cause?: unknown, hint?: string): ReceptiveError {
  return mismatch(placeOf(location), expected, got, { as: Failure, hint, cause });
}
