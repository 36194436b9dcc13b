/** Models from a server that breaks off, changes its file, gives ranges and lies; the built package. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';

const library = (await import(new URL('../../dist/node/index.js', import.meta.url).href)) as typeof Library;
const { AbortedError, ArgumentError, conv2d, createPool, graph, input, IntegrityError, load, tensor, WeightsError, writeSafetensors } = library;

const C = 64;
const x = input([1, C, 8, 8]);
const NET = graph({ x }, { y: library.sequential({ conv: conv2d(C, C, 3, { padding: 1 }) })(x) });
const fileOf = (value: number): Buffer =>
  Buffer.from(
    writeSafetensors([
      { name: 'conv.weight', dtype: 'F32', shape: [C, C, 3, 3], bytes: new Uint8Array(new Float32Array(C * C * 9).fill(value).buffer) },
      { name: 'conv.bias', dtype: 'F32', shape: [C], bytes: new Uint8Array(C * 4) },
    ]),
  );
const OLD = fileOf(0.5);
const NEW = fileOf(0.25);
const digest = (bytes: Uint8Array, algorithm = 'sha256'): string => `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`;

interface Request {
  readonly method: string | undefined;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

let answer: Answer;
let requests: Request[] = [];
const server = createServer((request, response) => {
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers;
  requests.push({ method: request.method, range, ifRange: ifRange as string | undefined, ifNoneMatch });
  answer(request, response, requests.length);
});
let url = '';
let folder = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.safetensors`;
});
afterAll(() => void server.close());
beforeEach(() => {
  requests = [];
  folder = mkdtempSync(join(tmpdir(), 'receptive-fetch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Serves ranges, ETags and conditions as a good server does; cuts off after `cut` bytes. */
function serve(file: Buffer, { etag = '"1"', cut, ranges = true, weak }: { etag?: string; cut?: number; ranges?: boolean; weak?: boolean } = {}): Answer {
  const tag = weak ? `W/${etag}` : etag;
  return (request, response) => {
    if (request.headers['if-none-match'] === tag) return void response.writeHead(304, { etag: tag }).end();
    const from = ranges && (request.headers['if-range'] ?? tag) === tag ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    const headers: Record<string, string | number> = { etag: tag, 'content-length': file.length - from };
    if (ranges) headers['accept-ranges'] = 'bytes';
    if (from > 0) headers['content-range'] = `bytes ${from}-${file.length - 1}/${file.length}`;
    response.writeHead(from > 0 ? 206 : 200, headers);
    send(response, file.subarray(from), cut);
  };
}

function send(response: ServerResponse, bytes: Buffer, cut?: number): void {
  if (cut === undefined) return void response.end(bytes);
  response.write(bytes.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
}

/** What the file says: the value that all of its weights have. */
async function valueAt(options: Library.LoadOptions = {}): Promise<number> {
  await using model = await load(NET, { weights: url, threads: 1, ...options });
  const { y } = await model.run(tensor(new Float32Array(C * 64).fill(1), [1, C, 8, 8]));
  return (y?.data[9] ?? NaN) / (9 * C);
}

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

describe('a transfer that breaks off', () => {
  it('is taken up where it broke off, as often as allowed', async () => {
    answer = serve(OLD, { cut: 50_000 });
    const progress: [number, number | undefined][] = [];
    expect(await valueAt({ onProgress: (...now) => progress.push(now) })).toBeCloseTo(0.5, 5);
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=50000-', 'bytes=100000-']);
    expect(requests.slice(1).map(({ ifRange }) => ifRange)).toEqual(['"1"', '"1"']);
    expect(progress.at(-1)).toEqual([OLD.length, OLD.length]);
    expect(progress.map(([bytes]) => bytes)).toEqual(progress.map(([bytes]) => bytes).sort((a, b) => a - b));
  });

  it('is given up after the allowed times, saying how far it came', async () => {
    answer = serve(OLD, { cut: 10_000 });
    const error = await caught(valueAt({ retries: 2 }));
    expect(error).toBeInstanceOf(WeightsError);
    expect(error).toMatchObject({ place: url, message: expect.stringMatching(/broke off after 30000 bytes/) as unknown });
    expect(requests).toHaveLength(3);
    requests = [];
    expect(await caught(valueAt({ retries: 0 }))).toBeInstanceOf(WeightsError);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['the server gives no ranges', { ranges: false }],
    ['the ETag is weak', { weak: true }],
  ])('starts anew where %s', async (_, how) => {
    answer = (request, response, count) => serve(OLD, { ...how, ...(count === 1 && { cut: 50_000 }) })(request, response, count);
    expect(await valueAt()).toBeCloseTo(0.5, 5);
    expect(requests.map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  it('starts anew where the file has changed in between', async () => {
    answer = (request, response, count) =>
      (count === 1 ? serve(OLD, { cut: 50_000 }) : serve(NEW, { etag: '"2"' }))(request, response, count);
    expect(await valueAt()).toBeCloseTo(0.25, 5);
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=50000-']);
  });

  it.each([
    ['another place', { 'content-range': `bytes 40000-${OLD.length - 1}/${OLD.length}`, etag: '"1"' }],
    ['another length', { 'content-range': `bytes 50000-${OLD.length - 1}/${OLD.length + 1}`, etag: '"1"' }],
    ['another file', { 'content-range': `bytes 50000-${OLD.length - 1}/${OLD.length}`, etag: '"2"' }],
    ['no place', { etag: '"1"' }],
  ])('is not continued with a part of %s', async (_, headers) => {
    answer = (request, response, count) => {
      if (count === 2) return void response.writeHead(206, headers).end(NEW.subarray(50_000));
      serve(OLD, count === 1 ? { cut: 50_000 } : {})(request, response, count);
    };
    expect(await valueAt()).toBeCloseTo(0.5, 5);
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=50000-', undefined]);
  });

  it('outlives a 416 and a 503', async () => {
    answer = (request, response, count) => {
      if (count === 2) return void response.writeHead(503).end();
      if (count === 3) return void response.writeHead(416).end();
      serve(OLD, count === 1 ? { cut: 50_000 } : {})(request, response, count);
    };
    expect(await valueAt()).toBeCloseTo(0.5, 5);
    expect(requests).toHaveLength(4);
  });

  it('can be aborted while it waits', async () => {
    answer = (request, response, count) => {
      if (count > 1) return void response.destroy();
      serve(OLD, { cut: 50_000 })(request, response, count);
    };
    expect(await caught(valueAt({ signal: AbortSignal.timeout(150) }))).toBeInstanceOf(AbortedError);
  });
});

describe('a server that lies about lengths', () => {
  it('too long: the transfer counts as broken', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': OLD.length + 5 });
      send(response, OLD, OLD.length);
    };
    const error = await caught(valueAt({ retries: 1 }));
    expect(error).toBeInstanceOf(WeightsError);
    expect(requests).toHaveLength(2);
  });

  it('absurdly: nothing is allocated for it', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 2 ** 45 });
      send(response, OLD, 1000);
    };
    expect(await caught(valueAt({ retries: 0 }))).toMatchObject({ code: 'weights' });
  });

  it('too short: the file is cut off, which its reader says', async () => {
    answer = (_, response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\nconnection: close\r\n\r\n${OLD.subarray(0, 5000).toString('latin1')}`, 'latin1');
    };
    expect(await caught(valueAt({ retries: 0 }))).toMatchObject({ code: 'format', place: expect.stringContaining(url) as unknown });
  });
});

describe('a first request that fails', () => {
  it('is not repeated', async () => {
    answer = (_, response) => void response.writeHead(503).end();
    expect(await caught(valueAt())).toMatchObject({ code: 'weights', place: url, got: 'HTTP 503 Service Unavailable' });
    expect(requests).toHaveLength(1);
  });
});

describe('integrity', () => {
  it('lets through what it is the digest of', async () => {
    answer = serve(OLD);
    expect(await valueAt({ integrity: digest(OLD) })).toBeCloseTo(0.5, 5);
    expect(await valueAt({ integrity: `${digest(NEW)} ${digest(OLD)}` })).toBeCloseTo(0.5, 5);
    expect(await valueAt({ integrity: `${digest(NEW)} ${digest(OLD, 'sha384')} ${digest(OLD, 'sha512')}` })).toBeCloseTo(0.5, 5);
  });

  it('refuses another file, naming it and both digests', async () => {
    answer = serve(NEW);
    const error = await caught(valueAt({ integrity: digest(OLD) }));
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error).toMatchObject({ code: 'integrity', place: url, expected: digest(OLD), got: digest(NEW) });
    expect(await caught(valueAt({ integrity: `${digest(NEW)} ${digest(OLD, 'sha512')}` }))).toBeInstanceOf(IntegrityError);
  });

  it('holds for paths and bytes too', async () => {
    const path = join(folder, 'weights.safetensors');
    writeFileSync(path, NEW);
    for (const weights of [path, new Uint8Array(NEW), new Blob([new Uint8Array(NEW)]), new Response(new Uint8Array(NEW))]) {
      expect(await caught(load(NET, { weights, integrity: digest(OLD) }))).toBeInstanceOf(IntegrityError);
    }
    expect(await valueAt({ weights: path, integrity: digest(NEW) })).toBeCloseTo(0.25, 5);
  });

  it.each(['', 'sha256', 'sha256-abc', 'md5-abc', `sha512-${digest(OLD).slice(7)}`, 5])('%s is no digest', async (integrity) => {
    const error = await caught(load(NET, { weights: url, integrity: integrity as string }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ place: 'integrity' });
    expect(requests).toHaveLength(0);
  });
});

describe('the cache', () => {
  const cached = (options: Library.LoadOptions = {}): Promise<number> => valueAt({ cache: { folder }, ...options });

  it('asks whether the file is the same, and takes the new one if not', async () => {
    answer = serve(OLD);
    expect(await cached()).toBeCloseTo(0.5, 5);
    const progress: number[] = [];
    expect(await cached({ onProgress: (bytes) => progress.push(bytes) })).toBeCloseTo(0.5, 5);
    expect(requests.map(({ ifNoneMatch }) => ifNoneMatch)).toEqual([undefined, '"1"']);
    expect(progress).toEqual([OLD.length]);
    answer = serve(NEW, { etag: '"2"' });
    expect(await cached()).toBeCloseTo(0.25, 5);
    expect(await cached()).toBeCloseTo(0.25, 5);
    expect(requests.map(({ ifNoneMatch }) => ifNoneMatch)).toEqual([undefined, '"1"', '"1"', '"2"']);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('of a version asks nobody, and another version fetches anew', async () => {
    answer = serve(OLD);
    const [one, two] = [{ cache: { folder, version: '1' } }, { cache: { folder, version: '2' } }];
    expect(await valueAt(one)).toBeCloseTo(0.5, 5);
    answer = serve(NEW);
    expect(await valueAt(one)).toBeCloseTo(0.5, 5);
    expect(requests).toHaveLength(1);
    expect(await valueAt(two)).toBeCloseTo(0.25, 5);
    expect(requests.map(({ ifNoneMatch }) => ifNoneMatch)).toEqual([undefined, undefined]);
  });

  it('is enough where no server answers; a server that refuses is heard', async () => {
    answer = serve(OLD);
    await cached();
    answer = (request) => void request.destroy();
    expect(await cached()).toBeCloseTo(0.5, 5);
    answer = (_, response) => void response.writeHead(403).end();
    expect(await caught(cached())).toMatchObject({ got: 'HTTP 403 Forbidden' });
  });

  it('does without a kept file that is damaged or has another digest', async () => {
    answer = serve(OLD);
    await cached();
    const bin = join(folder, readdirSync(folder).find((name) => name.endsWith('.bin')) ?? '');
    const bytes = readFileSync(bin);
    bytes[bytes.length - 1] = 7;
    writeFileSync(bin, bytes);
    expect(await cached({ integrity: digest(OLD) })).toBeCloseTo(0.5, 5);
    const next = join(folder, readdirSync(folder).find((name) => name.endsWith('.bin')) ?? '');
    truncateSync(next, 100);
    expect(await cached()).toBeCloseTo(0.5, 5);
    for (const name of readdirSync(folder)) if (name.endsWith('.json')) writeFileSync(join(folder, name), 'no JSON');
    expect(await cached()).toBeCloseTo(0.5, 5);
    expect(requests.map(({ ifNoneMatch }) => ifNoneMatch)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('keeps nothing that has another digest, and does without a folder that cannot be written', async () => {
    answer = serve(NEW);
    expect(await caught(cached({ integrity: digest(OLD) }))).toBeInstanceOf(IntegrityError);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, 'file'), '');
    expect(await valueAt({ cache: { folder: join(folder, 'file') } })).toBeCloseTo(0.25, 5);
  });

  it.each(['', 5, null, { version: 5 }, { folder: '' }])('%s is no cache', async (cache) => {
    expect(await caught(load(NET, { weights: url, cache: cache as string }))).toBeInstanceOf(ArgumentError);
  });
});

describe('a pool', () => {
  it('fetches once for all workers, and for those that replace them', async () => {
    answer = serve(OLD);
    await using pool = await createPool({ model: NET, size: 3, options: { weights: url, integrity: digest(OLD) }, idleTimeout: 50 });
    expect(requests).toHaveLength(1);
    while (pool.stats().workers > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const { y } = await pool.run(tensor(new Float32Array(C * 64).fill(1), [1, C, 8, 8]));
    expect((y?.data[9] ?? 0) / (9 * C)).toBeCloseTo(0.5, 5);
    expect(requests).toHaveLength(1);
  });
});
