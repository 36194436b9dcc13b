import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type * as Library from '../../ts/index.js';
import { library, rejectedWithin, SMALL, started, weightsOf } from './models.js';

const { AbortedError, conv2d, DisposedError, graph, input, load, sequential, ShapeError, tensor, WeightsError, WorkerError } = library;

/** A convolution that takes seconds, done naively. */
async function slow(): Promise<{ model: Library.Model; run: Promise<unknown>; worker: Worker }> {
  const z = input([1, 128, 96, 96]);
  const net = graph({ z }, { y: sequential({ conv: conv2d(128, 128, 3, { padding: 1 }) })(z) });
  const model = await load(net, { weights: weightsOf(128), algorithm: 'naive', variant: 'scalar' });
  const run = model.run(new Float32Array(128 * 96 * 96));
  run.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { model, run, worker: started.at(-1) as Worker };
}

describe('a model in a worker', () => {
  it('gives the answer, keeps the input, and the result is the caller\'s', async () => {
    await using model = await load(SMALL, { weights: weightsOf(4) });
    const image = new Float32Array(256).fill(1);
    const { y } = await model.run(image);
    expect(y?.shape).toEqual([1, 4, 8, 8]);
    expect(y?.data[9]).toBeCloseTo(0.36, 5);
    expect(image.byteLength).toBe(1024);
    await model.run({ x: image }, { transfer: true });
    expect(image.byteLength).toBe(0);
  });

  it('copies a view of a larger buffer alone', async () => {
    await using model = await load(SMALL, { weights: weightsOf(4) });
    const large = new Float32Array(1024).fill(1);
    const { y } = await model.run(large.subarray(512, 768), { transfer: true });
    expect(y?.data[9]).toBeCloseTo(0.36, 5);
    expect(large.byteLength).toBe(4096);
  });

  it('carries class, code and fields of errors over', async () => {
    await using model = await load(SMALL, { weights: weightsOf(4) });
    const error = await rejectedWithin(model.run(tensor(new Float32Array(128), [1, 2, 8, 8])), 1000);
    expect(error).toBeInstanceOf(ShapeError);
    expect(error).toMatchObject({ code: 'shape', place: 'x' });
    await expect(load(SMALL, { weights: { 'conv.bias': tensor([0, 0, 0, 0], [4]) } })).rejects.toBeInstanceOf(WeightsError);
  });

  it('rejects within 100 ms when its thread is killed in mid-run, and later calls too', async () => {
    const { model, run, worker } = await slow();
    void worker.terminate();
    expect(await rejectedWithin(run, 100)).toBeInstanceOf(WorkerError);
    expect(await rejectedWithin(model.run(new Float32Array(1)), 100)).toBeInstanceOf(WorkerError);
    await model.dispose();
  });

  it('rejects at once when aborted', async () => {
    const { model } = await slow();
    const abort = new AbortController();
    const second = model.run(new Float32Array(128 * 96 * 96), { signal: abort.signal });
    setTimeout(() => abort.abort(), 10);
    const error = await rejectedWithin(second, 200);
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ name: 'AbortError', code: 'aborted' });
    await model.dispose();
  });

  it('rejects what is pending and what comes later when disposed', async () => {
    const { model, run } = await slow();
    await model.dispose();
    await model.dispose();
    expect(await rejectedWithin(run, 100)).toBeInstanceOf(DisposedError);
    expect(await rejectedWithin(model.run(new Float32Array(1)), 100)).toBeInstanceOf(DisposedError);
  });

  it('aborts a load', async () => {
    const abort = new AbortController();
    const loading = load(SMALL, { weights: weightsOf(4), signal: abort.signal });
    abort.abort();
    expect(await rejectedWithin(loading, 200)).toBeInstanceOf(AbortedError);
    expect(await rejectedWithin(load(SMALL, { signal: AbortSignal.abort() }), 200)).toBeInstanceOf(AbortedError);
  });

  it('keeps memory flat over 200 rounds of load and dispose', { timeout: 120_000 }, async () => {
    const round = async (): Promise<void> => {
      await using model = await load(SMALL, { weights: weightsOf(4) });
      await model.run(new Float32Array(256));
    };
    for (let i = 0; i < 40; i += 1) await round();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 160; i += 1) await round();
    const growth = (process.memoryUsage().rss - before) / 2 ** 20;
    expect(growth).toBeLessThan(30);
  });
});
