/// <reference types="vite/client" />
/** Queues, pools and the cache of the built package in a browser. */
import { AbortedError, conv2d, createPool, DisposedError, graph, input, IntegrityError, load, OverloadedError, relu, sequential, tensor } from 'receptive';
import type { Tensor } from 'receptive';
import { afterEach, describe, expect, it } from 'vitest';
import modelUrl from '../../examples/assets/squeezenet1_1.safetensors?url';

const image = new Float32Array(3 * 227 * 227).fill(0.5);
const MODEL = new URL(modelUrl, location.href).href;
const first = (outputs: Record<string, Tensor>): Tensor | undefined => Object.values(outputs)[0];
const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

const CHANNELS = 64;
const SIDE = 24;
const z = input([1, CHANNELS, SIDE, SIDE]);
const LAYERS = 12;
const SLOW = graph({ z }, { y: sequential(Object.fromEntries(Array.from({ length: LAYERS }, (_, i) => [`c${i}`, conv2d(CHANNELS, CHANNELS, 3, { padding: 1 })])))(z) });
const weights = Object.fromEntries(
  Array.from({ length: LAYERS }, (_, i): [string, Tensor][] => [
    [`c${i}.weight`, tensor(new Float32Array(CHANNELS * CHANNELS * 9).fill(0.01), [CHANNELS, CHANNELS, 3, 3])],
    [`c${i}.bias`, tensor(new Float32Array(CHANNELS), [CHANNELS])],
  ]).flat(),
);
const slowImage = (): Float32Array => new Float32Array(CHANNELS * SIDE * SIDE);

describe('a queue', () => {
  it('is bounded, and aborting frees the worker at the next step', async () => {
    const model = await load(SLOW, { weights, algorithm: 'naive', variant: 'scalar', maxQueue: 2 });
    const other = await load(SLOW, { weights, algorithm: 'naive', variant: 'scalar' });
    await Promise.all([model.run(slowImage()), other.run(slowImage())]);
    const abort = new AbortController();
    const calls = Array.from({ length: 4 }, () => caught(model.run(slowImage(), { signal: abort.signal })));
    const all = other.run(slowImage()).then(() => 'all steps');
    await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    const errors = await Promise.all(calls);
    expect(errors.map((error) => error instanceof AbortedError)).toEqual([true, true, true, false]);
    expect(errors[3]).toBeInstanceOf(OverloadedError);
    // Answered by the same worker, so not before it is free: without shared memory, as in WebKit, when it has done all steps.
    const free = model.memory().then(() => 'a step or two');
    if (typeof SharedArrayBuffer === 'function') expect(await Promise.race([free, all])).toBe('a step or two');
    await Promise.all([free, all]);
    await Promise.all([model.dispose(), other.dispose()]);
  });
});

describe('a pool', () => {
  it('answers as the model does, and releases idle workers', async () => {
    const model = await load(modelUrl, { threads: 1 });
    const expected = first(await model.run(image))?.data;
    await model.dispose();
    const pool = await createPool({ model: modelUrl, size: 2, idleTimeout: 100 });
    expect(pool.stats()).toEqual({ size: 2, workers: 2, starting: 0, pending: 0, waiting: 0, replaced: 0 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => pool.run(image)));
    for (const answer of answers) expect(first(answer)?.data).toEqual(expected);
    await expect.poll(() => pool.stats().workers, { timeout: 60_000 }).toBe(0);
    expect(first(await pool.run(image))?.data).toEqual(expected);
    await pool.dispose();
    await expect(pool.run(image)).rejects.toBeInstanceOf(DisposedError);
  });

  it('fetches its model once', async () => {
    performance.clearResourceTimings();
    const url = `${MODEL}${MODEL.includes('?') ? '&' : '?'}pool`;
    let arrived = 0;
    const pool = await createPool({ model: url, size: 3, onProgress: (bytes, total) => (arrived = bytes === total ? arrived + 1 : arrived) });
    expect(arrived).toBe(1);
    await pool.dispose();
  });
});

describe('the cache', () => {
  afterEach(() => caches.delete('receptive'));
  const kept = async (url: string): Promise<Response | undefined> => (await caches.open('receptive')).match(url);
  const works = async (options: Parameters<typeof load>[1]): Promise<void> => {
    const model = await load(MODEL, { threads: 1, ...options });
    expect(first(await model.run(image))?.shape).toEqual([1, 1000]);
    await model.dispose();
  };

  it('keeps the file with its ETag and takes it where nothing has changed', async () => {
    await works({ cache: true });
    // WebKit shows the page what a worker has kept a moment later, when that worker is gone.
    await expect.poll(async () => {
      const headers = (await kept(MODEL))?.headers;
      return headers?.get('etag') ?? headers?.get('last-modified');
    }).toBeTruthy();
    await works({ cache: true });
  });

  it('of a version is used without asking, and not under another one', async () => {
    const other = new Response(new Uint8Array(100), { headers: { 'x-receptive-version': '1' } });
    await (await caches.open('receptive')).put(MODEL, other);
    await expect(load(MODEL, { cache: '1' })).rejects.toMatchObject({ code: 'format' });
    await works({ cache: '2' });
    await expect.poll(async () => (await kept(MODEL))?.headers.get('x-receptive-version')).toBe('2');
  });

  it('is passed over where the digest is another, and the file itself is refused', async () => {
    const bytes = new Uint8Array(await (await fetch(MODEL)).arrayBuffer());
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-384', bytes));
    const integrity = `sha384-${btoa(String.fromCharCode(...digest))}`;
    await (await caches.open('receptive')).put(MODEL, new Response(new Uint8Array(100), { headers: { 'x-receptive-version': '1' } }));
    await works({ cache: '1', integrity });
    await works({ cache: '1', integrity });
    const error = await caught(load(MODEL, { integrity: `sha256-${'A'.repeat(43)}=` }));
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error).toMatchObject({ place: MODEL });
  });
});

it('a graph without weights leaves no worker behind when loading fails', async () => {
  const x = input([1, 4]);
  await expect(load(graph({ x }, { y: relu()(x) }), { weights: '/no-such-file' })).rejects.toMatchObject({ code: 'weights' });
});
