/// <reference types="vite/client" />
/** The built package in pages without the headers COOP and COEP, where no memory can be shared. */
import { AbortedError, createPool, DisposedError, load, OverloadedError, relu, sequential, tensor } from 'receptive';
import { expect, it } from 'vitest';
import { commands } from 'vitest/browser';
import coffeeUrl from '../../examples/assets/photos/coffee.png?url';
import modelUrl from '../../examples/assets/squeezenet1_1.safetensors?url';
import { VARIANTS } from '../browser/browser.js';
import { numbers } from '../browsers/numbers.mjs';

const X = numbers(3 * 227 * 227);
const COFFEE = 967;

it('are not isolated, and say so where threads are asked for', async () => {
  expect(crossOriginIsolated).toBe(false);
  const model = await load(modelUrl, { threads: 4 });
  expect([model.threads, model.threadsReason]).toEqual([1, expect.stringMatching(/not cross-origin isolated.*Cross-Origin-Opener-Policy: same-origin/)]);
  await model.dispose();
});

it.each(VARIANTS)('%s: answers as Node does, down to the last bit', async (variant) => {
  const model = await load(modelUrl, { variant });
  const [output] = Object.values(await model.run(X));
  await model.dispose();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', output!.data as Float32Array<ArrayBuffer>));
  expect(Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(await commands.nodeAnswer(variant));
});

it('name what is on a photo, whether it comes as an address, a file or an element', async () => {
  const model = await load(modelUrl);
  const blob = await (await fetch(coffeeUrl)).blob();
  const element = Object.assign(new Image(), { src: coffeeUrl });
  await element.decode();
  for (const image of [coffeeUrl, new File([blob], 'coffee.png'), element]) {
    const { top } = await model.classify(image);
    expect(top[0]?.index).toBe(COFFEE);
    expect(top[0]?.probability).toBeGreaterThan(0.9);
  }
  await model.dispose();
});

it('abort calls that run and calls that wait, bound the queue, and go on', async () => {
  const model = await load(modelUrl, { maxQueue: 1 });
  const expected = Object.values(await model.run(X))[0]!.data;
  const abort = new AbortController();
  const caught = (call: Promise<unknown>): Promise<unknown> => call.then(() => undefined, (error: unknown) => error);
  const calls = Array.from({ length: 3 }, () => caught(model.run(X, { signal: abort.signal })));
  abort.abort();
  const [runs, waits, refused] = await Promise.all(calls);
  expect([runs instanceof AbortedError, waits instanceof AbortedError, refused instanceof OverloadedError]).toEqual([true, true, true]);
  expect(Object.values(await model.run(X))[0]!.data).toEqual(expected);
  await model.dispose();
  expect(await caught(model.run(X))).toBeInstanceOf(DisposedError);
});

it('have pools, of bytes too, which each worker gets a copy of', async () => {
  const bytes = new Uint8Array(await (await fetch(modelUrl)).arrayBuffer());
  const pool = await createPool({ model: bytes, size: 2 });
  const [a, b, c] = await Promise.all([pool.run(X), pool.run(X), pool.run(X)]);
  expect(b).toEqual(a);
  expect(c).toEqual(a);
  expect(pool.stats()).toMatchObject({ size: 2, workers: 2, pending: 0 });
  await pool.dispose();
});

it('take the worker that the option worker names or makes', async () => {
  const net = sequential([relu()], { input: [1, 1, 2, 2] });
  const url = new URL('../../dist/web/worker-onnx.js', import.meta.url).href;
  for (const worker of [url, () => url, () => new Worker(url, { type: 'module' })]) {
    const model = await load(net, { worker });
    expect((await model.run(tensor([1, -1, 2, -2], [1, 1, 2, 2])))['output']?.data).toEqual(Float32Array.of(1, 0, 2, 0));
    await model.dispose();
  }
});
