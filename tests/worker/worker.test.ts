import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';
import { expectCollected, expectEnded, expectHeld, heldBytes, rejected, rejectedAtOnce } from '../support/left.js';
import { computing, library, SMALL, started, weightsOf } from '../support/models.js';

const { AbortedError, conv2d, DisposedError, graph, input, load, sequential, ShapeError, tensor, WeightsError, WorkerError } = library;

/** A convolution that takes seconds, done naively. */
async function slow(): Promise<{ model: Library.Model; run: Promise<unknown>; worker: Worker }> {
  const z = input([1, 128, 96, 96]);
  const net = graph({ z }, { y: sequential({ conv: conv2d(128, 128, 3, { padding: 1 }) })(z) });
  const model = await load(net, { weights: weightsOf(128), algorithm: 'naive', variant: 'scalar' });
  const worker = started.at(-1) as Worker;
  const busy = computing(worker);
  const run = model.run(new Float32Array(128 * 96 * 96));
  run.catch(() => undefined);
  await busy;
  return { model, run, worker };
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
    const error = await rejected(model.run(tensor(new Float32Array(128), [1, 2, 8, 8])));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error).toMatchObject({ code: 'shape', place: 'x' });
    await expect(load(SMALL, { weights: { 'conv.bias': tensor([0, 0, 0, 0], [4]) } })).rejects.toBeInstanceOf(WeightsError);
  });

  it('rejects when its thread is killed in mid-run, and later calls too', async () => {
    const { model, run, worker } = await slow();
    void worker.terminate();
    expect(await rejected(run)).toBeInstanceOf(WorkerError);
    expect(await rejectedAtOnce(model.run(new Float32Array(1)))).toBeInstanceOf(WorkerError);
    await model.dispose();
  });

  it('rejects at once when aborted', async () => {
    const { model } = await slow();
    const abort = new AbortController();
    const second = model.run(new Float32Array(128 * 96 * 96), { signal: abort.signal });
    abort.abort();
    const error = await rejectedAtOnce(second);
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ name: 'AbortError', code: 'aborted' });
    await model.dispose();
  });

  it('rejects what is pending and what comes later when disposed', async () => {
    const { model, run } = await slow();
    await model.dispose();
    await model.dispose();
    expect(await rejectedAtOnce(run)).toBeInstanceOf(DisposedError);
    expect(await rejectedAtOnce(model.run(new Float32Array(1)))).toBeInstanceOf(DisposedError);
  });

  it('aborts a load', async () => {
    const abort = new AbortController();
    const loading = load(SMALL, { weights: weightsOf(4), signal: abort.signal });
    abort.abort();
    expect(await rejectedAtOnce(loading)).toBeInstanceOf(AbortedError);
    expect(await rejectedAtOnce(load(SMALL, { signal: AbortSignal.abort() }))).toBeInstanceOf(AbortedError);
  });

  it('leaves nothing of 60 rounds of load and dispose', async () => {
    const models: WeakRef<object>[] = [];
    const round = async (): Promise<void> => {
      await using model = await load(SMALL, { weights: weightsOf(4) });
      await model.run(new Float32Array(256));
      models.push(new WeakRef(model));
    };
    for (let i = 0; i < 10; i += 1) await round();
    const [first, held] = [started.length, heldBytes()];
    for (let i = 0; i < 50; i += 1) await round();
    expectEnded(started.slice(first));
    expect(started.length).toBe(first + 50);
    await expectCollected(models);
    // A round sends 3 kB and gets 1 kB.
    await expectHeld(held + 50_000);
  });
});
