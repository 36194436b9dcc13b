/** The option `worker`, in Node: a script that lies elsewhere, alone, and a function that makes the worker. In the built package. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { createPool, input, load, relu, sequential, tensor } from 'receptive';
import type { LoadOptions, WorkerScript } from 'receptive';
import { afterAll, beforeAll, expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const NET = sequential([relu()], { input: [1, 1, 2, 2] });
const X = tensor([1, -1, 2, -2], [1, 1, 2, 2]);
const ONNX = Uint8Array.from(atob('CAhCBAoAEA06MwoMCgF4EgF5IgRSZWx1EgFnWg8KAXgSCgoICAESBAoCCARiDwoBeRIKCggIARIECgIIBA=='), (char) => char.charCodeAt(0));
const folder = mkdtempSync(join(tmpdir(), 'receptive-worker-'));
const script = join(folder, 'node', 'mine.mjs');

beforeAll(() => {
  cpSync(join(DIST, 'node', 'worker-onnx.js'), script);
  symlinkSync(join(DIST, 'wasm'), join(folder, 'wasm'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const WAYS: readonly [string, NonNullable<LoadOptions['worker']>][] = [
  ['a path', script],
  ['a URL', pathToFileURL(script)],
  ['a URL as a text', pathToFileURL(script).href],
  ['a function that gives a URL', () => pathToFileURL(script)],
  ['a function that makes the worker', () => new Worker(script)],
];

it.each(WAYS)('%s: models of both kinds run', async (_, worker) => {
  await using model = await load(NET, { worker, threads: 1 });
  expect((await model.run(X))['output']?.data).toEqual(Float32Array.of(1, 0, 2, 0));
  await using onnx = await load(ONNX, { worker, threads: 1 });
  expect((await onnx.run(tensor([-1, 2, -3, 4], [4])))['y']?.data).toEqual(Float32Array.of(0, 2, 0, 4));
});

it('threads start of the same script, where no other lies beside it', async () => {
  await using model = await load(NET, { worker: script, threads: 2 });
  expect([model.threads, model.threadsReason]).toEqual([2, undefined]);
  expect((await model.run(X))['output']?.data).toEqual(Float32Array.of(1, 0, 2, 0));
});

it('a function is told which script is wanted, and asked for every worker', async () => {
  const asked: WorkerScript[] = [];
  const worker = (wanted: WorkerScript): string => {
    asked.push(wanted);
    return script;
  };
  await (await load(NET, { worker, threads: 1 })).dispose();
  await (await load(ONNX, { worker, threads: 1 })).dispose();
  expect(asked).toEqual(['worker', 'worker-onnx']);
  await using pool = await createPool({ model: NET, size: 2, idleTimeout: 20, options: { worker } });
  expect(asked).toEqual(['worker', 'worker-onnx', 'worker', 'worker']);
  await expect.poll(() => pool.stats().workers).toBe(0);
  expect((await pool.run(X))['output']?.data).toEqual(Float32Array.of(1, 0, 2, 0));
  expect(asked.length).toBe(5);
});

it('what cannot be started says so', async () => {
  const missing = join(folder, 'none.mjs');
  await expect(load(NET, { worker: missing })).rejects.toMatchObject({ code: 'worker', got: `there is no file ${missing}` });
  const cause = new Error('boom');
  const throws = (): never => {
    throw cause;
  };
  await expect(load(NET, { worker: throws })).rejects.toMatchObject({ code: 'worker', place: 'worker', got: 'boom', cause });
  const other = (): Worker => ({ postMessage() {}, terminate() {} }) as unknown as Worker;
  await expect(load(NET, { worker: other })).rejects.toMatchObject({ code: 'argument', expected: 'a Worker of node:worker_threads' });
  expect(input([1]).shape).toEqual([1]);
});
