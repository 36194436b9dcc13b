import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { AbortedError } from '../base/errors.js';
import type { Settings } from './options.js';
import { overloaded, refuse } from './refusal.js';
import type { Told } from './told.js';

/** Bytes of bodies that are held by requests which are being answered: together they are bounded, whatever each may have. */
export class Held {
  private bytes = 0;

  constructor(private readonly most: number) {}

  /** What one request holds: nothing yet. */
  share(): Share {
    let own = 0;
    const add = (bytes: number): void => {
      const sum = this.bytes + bytes;
      // What a single body has may always come, or one that is larger than the bound never could.
      if (this.bytes > own && sum > this.most) throw overloaded('bodies', `at most ${this.most} bytes at the same time`, String(sum), 1000);
      [this.bytes, own] = [sum, own + bytes];
    };
    return { add, release: () => void (this.bytes -= own) };
  }
}

/** The bytes that one request holds. */
interface Share {
  /** @throws Refusal (503) */
  readonly add: (bytes: number) => void;
  readonly release: () => void;
}

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

const UNPACKED: Readonly<Record<string, Unpack>> = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) };

/** How many bytes a request says it has, or undefined. */
function announced(request: Request): number | undefined {
  const length = request.headers.get('content-length');
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** What bodies may have, each and together. */
interface Bounds {
  readonly settings: Pick<Settings, 'maxBody'>;
  readonly held: Held;
}

/**
 * The body of a request, unpacked.
 * @param use - what is done with it; the bytes count as held until it is done
 * @param signal - of its deadline
 * @throws Refusal: 413 for more bytes than may come, as they are sent or unpacked; 415 for another packing; 400 for one that is broken; 408 where the deadline passes first; 503. AbortedError where the client hangs up first
 */
export async function withBody<Result>(request: Request, { settings: { maxBody }, held }: Bounds, told: Told, use: (body: Uint8Array) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  const packing = request.headers.get('content-encoding')?.trim().toLowerCase() || 'identity';
  const unpack = packing === 'identity' ? undefined : Object.hasOwn(UNPACKED, packing) ? UNPACKED[packing] : refuse(415, 'Content-Encoding', 'gzip, deflate or identity', 'another');
  const length = announced(request);
  if (length !== undefined && length > maxBody) tooLarge(maxBody, `${length} bytes`);
  const share = held.share();
  try {
    // What is announced is held at once, and refused before it comes.
    share.add(length ?? 0);
    const sent = await read(request, maxBody, length ?? 0, share, signal);
    told.bytes = sent.byteLength;
    if (!unpack) return await use(sent);
    const whole = await unpacked(unpack, sent, maxBody);
    share.add(whole.byteLength);
    return await use(whole);
  } finally {
    share.release();
  }
}

async function read(request: Request, most: number, announcedBytes: number, share: Share, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  const next = (): ReturnType<typeof reader.read> => reader.read().catch((cause: unknown) => {
    if (request.signal.aborted) hungUp(cause);
    throw cause;
  });
  for (let part = await next(); !part.done; part = await next()) {
    const before = Math.max(length, announcedBytes);
    length += part.value.byteLength;
    try {
      if (length > most) tooLarge(most, 'more');
      if (length > before) share.add(length - before);
    } catch (error) {
      stop();
      throw error;
    }
    chunks.push(part.value);
  }
  signal?.removeEventListener('abort', stop);
  if (request.signal.aborted) hungUp(request.signal.reason);
  if (signal?.aborted) refuse(408, 'body', 'a body that arrives in time', 'a part of it');
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}

function hungUp(cause: unknown): never {
  throw new AbortedError('the client hung up before its body had come', { cause });
}

async function unpacked(unpack: Unpack, bytes: Uint8Array, most: number): Promise<Uint8Array> {
  try {
    return await unpack(bytes, { maxOutputLength: most });
  } catch (error) {
    if (error instanceof RangeError) tooLarge(most, 'a body that unpacks to more');
    return refuse(400, 'body', 'what its Content-Encoding says', 'what cannot be unpacked');
  }
}

function tooLarge(most: number, got: string): never {
  refuse(413, 'body', `at most ${most} bytes`, got);
}
