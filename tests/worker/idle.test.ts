/** Models whose worker ends while there is nothing to do, and starts again with the next call; the built package. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { StoredTensor, Tensor } from '../../ts/entries/index.js';
import { deafen } from '../support/deaf.js';
import { countTasks, dist, expectRight, expectTasksToFallTo, library, SMALL, small, started, weightsOf } from '../support/models.js';

const { ArgumentError, createPool, DisposedError, load, tensor, WeightsError, WorkerError, writeSafetensors } = library;
const folder = mkdtempSync(join(tmpdir(), 'receptive-idle-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stored = (name: string, { shape, data }: Tensor): StoredTensor => ({ name, dtype: 'F32', shape, bytes: new Uint8Array(data.buffer) });
const file = (): Uint8Array => writeSafetensors(Object.entries(weightsOf(4)).map(([name, value]) => stored(name, value)));
const ended = (count: number) => expect.poll(() => started.slice(count).every(({ threadId }) => threadId === -1), { timeout: 60_000 }).toBe(true);

describe('idleTimeout of a model', () => {
  it.each([1, 2])('with %i thread(s): the worker and its threads end, and come back with the next call', async (threads) => {
    await (await small({ threads })).dispose();
    const before = countTasks();
    await using model = await small({ threads, idleTimeout: 50 });
    expect(model.threads).toBe(threads);
    for (let i = 0; i < 3; i += 1) {
      await expectRight(model);
      expect(countTasks()).toBeGreaterThan(before);
      await expectTasksToFallTo(before);
    }
    expect((await model.summary()).threads).toBe(threads);
  });

  it('does not end one that has something to do now and then', async () => {
    const [idleTimeout, count] = [1500, started.length];
    await using model = await small({ threads: 1, idleTimeout });
    const begun = performance.now();
    let [pauses, last] = [0, begun];
    while (performance.now() - begun < 2 * idleTimeout) {
      await expectRight(model);
      if (performance.now() - last >= idleTimeout) pauses += 1;
      last = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // A machine that is busy elsewhere may make pauses of its own.
    expect(started.length - count).toBeLessThanOrEqual(1 + pauses);
  });

  it.each([false, true])('bytes that were given come back, handed over (%s) or not', async (transfer) => {
    const count = started.length;
    const weights = file();
    await using model = await load(SMALL, { weights, transfer, threads: 1, idleTimeout: 30 });
    expect(weights.byteLength === 0).toBe(transfer);
    if (!transfer) weights.fill(0);
    await expectRight(model);
    await ended(count);
    await expectRight(model);
    expect(started.length).toBe(count + 2);
  });

  it('tensors of one buffer are handed over once', async () => {
    const count = started.length;
    const { 'conv.weight': weight, 'conv.bias': bias } = weightsOf(4);
    const two = (name: string) => library.conv2d(4, 4, 3, { padding: 1, name });
    const x = library.input([1, 4, 8, 8]);
    const net = library.graph({ x }, { y: library.add(two('a')(x), two('b')(x)) });
    const weights = { 'a.weight': weight, 'b.weight': weight, 'a.bias': bias, 'b.bias': bias };
    await using model = await load(net, { weights, transfer: true, threads: 1, idleTimeout: 30 });
    expect(weight.data.length).toBe(0);
    for (let i = 0; i < 2; i += 1) {
      await ended(count);
      expect((await model.run(new Float32Array(256).fill(1)))['y']?.data[9]).toBeCloseTo(0.72, 5);
    }
  });

  it('a path is read again: where there is nothing any more the call says so, and a later one may find it', async () => {
    const weights = join(folder, 'weights.safetensors');
    writeFileSync(weights, file());
    const count = started.length;
    await using model = await load(SMALL, { weights, threads: 1, idleTimeout: 30 });
    await ended(count);
    rmSync(weights);
    const error: unknown = await model.run(new Float32Array(256)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WeightsError);
    expect(error).toMatchObject({ place: weights, got: 'no such file' });
    writeFileSync(weights, file());
    await expectRight(model);
  });

  it('disposed of while it is away, or on its way back', async () => {
    const count = started.length;
    const model = await small({ threads: 1, idleTimeout: 30 });
    await ended(count);
    await model.dispose();
    await expect(model.run(new Float32Array(256))).rejects.toBeInstanceOf(DisposedError);
    const other = await small({ threads: 1, idleTimeout: 30 });
    await ended(count);
    const run = other.run(new Float32Array(256)).catch((reason: unknown) => reason);
    await other.dispose();
    expect(await run).toBeInstanceOf(DisposedError);
    expect(await run).toMatchObject({ message: expect.stringMatching(/^the model has been disposed; call dispose/) });
    await ended(count);
  });

  it('a call that waits for the worker to come back is no queue', async () => {
    const count = started.length;
    await using model = await small({ threads: 1, idleTimeout: 30, maxQueue: 0 });
    await ended(count);
    await expectRight(model);
    await using pool = await createPool({ model: SMALL, size: 1, idleTimeout: 30, maxQueue: 0, options: { weights: weightsOf(4) } });
    await ended(count);
    await Promise.all([pool.run(new Float32Array(256)), expect(pool.run(new Float32Array(256))).rejects.toMatchObject({ code: 'overloaded' })]);
  });

  it('a worker that dies rejects its call; the next is answered by another', async () => {
    await using model = await small({ threads: 1, idleTimeout: 60_000 });
    const worker = deafen(started.at(-1));
    const run = model.run(new Float32Array(256)).catch((reason: unknown) => reason);
    void worker.terminate();
    expect(await run).toBeInstanceOf(WorkerError);
    expect(await run).toMatchObject({ hint: 'make the call again: another worker is started for it' });
    await expectRight(model);
  });

  it.each([0, -1, 1.5, Infinity, Number.NaN, '5', null])('%s is no time', async (idleTimeout) => {
    const count = started.length;
    const error: unknown = await small({ idleTimeout: idleTimeout as number }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ place: expect.stringMatching(/^(load: )?idleTimeout$/) as string });
    expect(started.length).toBe(count);
  });

  it('what cannot be loaded says why, and leaves no worker', async () => {
    const count = started.length;
    const weights = { ...weightsOf(4), more: tensor([1], [1]) };
    await expect(load(SMALL, { weights, idleTimeout: 50 })).rejects.toBeInstanceOf(WeightsError);
    await ended(count);
  });

  it('keeps no process: neither its timer nor a worker without a call, but a call that waits for it', async () => {
    const script = join(folder, 'script.mjs');
    writeFileSync(
      script,
      `const { graph, input, load, relu } = await import(${JSON.stringify(dist('node/index.js'))});
       const x = input([1, 4]);
       const model = await load(graph({ x }, { y: relu()(x) }), { idleTimeout: 30 });
       await new Promise((resolve) => setTimeout(resolve, 300));
       model.run(new Float32Array([1, -1, 2, -2])).then(({ y }) => console.log(y.data.join()));`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 120_000 });
    expect(stdout).toBe('1,0,2,0\n');
  });
});
