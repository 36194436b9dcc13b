/** Pools of workers, in the built package: dispatch, crashes, release and what is left of them. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import threads from 'node:worker_threads';
import type { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';
import { deafen } from '../support/deaf.js';
import { modified } from '../support/modified.js';

/** The workers that the library starts, so that a test can kill one as the system would. */
const started: Worker[] = [];
const Original = threads.Worker;
threads.Worker = class extends Original {
  constructor(...args: ConstructorParameters<typeof Original>) {
    super(...args);
    started.push(this);
  }
};
syncBuiltinESMExports();
const built = new URL('../../dist/node/index.js', import.meta.url).href;
const library = (await import(built)) as typeof Library;
const { AbortedError, ArgumentError, conv2d, createPool, DisposedError, graph, input, load, OverloadedError, sequential, tensor, WeightsError, WorkerError } =
  library;

afterAll(() => {
  threads.Worker = Original;
  syncBuiltinESMExports();
});

const SIDE = 24;
const CHANNELS = 64;
const chain = (layers: number): Library.Graph => {
  const z = input([1, CHANNELS, SIDE, SIDE]);
  return graph({ z }, { y: sequential(Object.fromEntries(Array.from({ length: layers }, (_, i) => [`c${i}`, conv2d(CHANNELS, CHANNELS, 3, { padding: 1 })])))(z) });
};
const weightsOf = (layers: number) =>
  Object.fromEntries(
    Array.from({ length: layers }, (_, i): [string, Library.Tensor][] => [
      [`c${i}.weight`, tensor(new Float32Array(CHANNELS * CHANNELS * 9).fill(0.01), [CHANNELS, CHANNELS, 3, 3])],
      [`c${i}.bias`, tensor(new Float32Array(CHANNELS), [CHANNELS])],
    ]).flat(),
  );
/** Some tens of milliseconds, naively. */
const SLOW = chain(6);
const weights = weightsOf(6);
const OPTIONS: Library.PoolLoadOptions = { weights, algorithm: 'naive', variant: 'scalar' };
const pool = (options: Partial<Library.PoolOptions> = {}): Promise<Library.Pool> => createPool({ model: SLOW, size: 2, options: OPTIONS, ...options });
const image = (value = 1): Float32Array<ArrayBuffer> => new Float32Array(CHANNELS * SIDE * SIDE).fill(value);
const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

async function until(condition: () => boolean, ms = 60_000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}

describe('a pool', () => {
  it('answers as the model does, and spreads calls over all workers', async () => {
    await using model = await load(SLOW, { ...OPTIONS, threads: 1 });
    const expected = await model.run(image());
    await using two = await pool();
    expect([two.size, two.variant, two.name, two.inputs, two.outputs]).toEqual([2, 'scalar', model.name, model.inputs, model.outputs]);
    const calls = Array.from({ length: 7 }, () => two.run(image()));
    expect(two.stats()).toEqual({ size: 2, workers: 2, starting: 0, pending: 7, waiting: 5, replaced: 0 });
    for (const outputs of await Promise.all(calls)) expect(outputs).toEqual(expected);
    expect(two.stats()).toMatchObject({ pending: 0, waiting: 0 });
    expect((await two.summary()).threads).toBe(1);
  });

  it('is as large as the machine by itself', async () => {
    await using one = await pool({ size: undefined });
    expect([one.size, one.stats().workers]).toEqual([availableParallelism(), availableParallelism()]);
  });

  it('has one bound for all its workers', async () => {
    await using two = await pool({ maxQueue: 1 });
    const errors = await Promise.all(Array.from({ length: 5 }, () => caught(two.run(image()))));
    expect(errors.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    for (const error of errors.slice(3)) expect(error).toBeInstanceOf(OverloadedError);
  });

  it('lets calls be aborted', async () => {
    await using two = await pool();
    const abort = new AbortController();
    const calls = Array.from({ length: 20 }, () => caught(two.run(image(), { signal: abort.signal })));
    abort.abort();
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(AbortedError);
    expect(two.stats().pending).toBe(0);
    await two.run(image());
  });

  it.each([
    ['size', 0],
    ['size', 1.5],
    ['retry', 2],
    ['idleTimeout', 0],
    ['maxQueue', -1],
  ])('%s: %s is refused', async (name, value) => {
    const error = await caught(pool({ [name]: value }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ place: name });
  });

  it('that cannot be started leaves no worker, and says why', async () => {
    const count = started.length;
    const error = await caught(createPool({ model: SLOW, size: 3, options: { weights: {} } }));
    expect(error).toBeInstanceOf(WeightsError);
    expect(await caught(createPool(undefined as unknown as Library.PoolOptions))).toBeInstanceOf(ArgumentError);
    expect(await caught(pool({ signal: AbortSignal.abort() }))).toBeInstanceOf(AbortedError);
    await until(() => started.slice(count).every(({ threadId }) => threadId === -1));
  });
});

describe('a worker that dies', () => {
  it('rejects its call, is replaced, and the others go on', async () => {
    await using two = await pool();
    const expected = await two.run(image());
    const worker = deafen(started.at(-1));
    const calls = Array.from({ length: 6 }, () => two.run(image()).catch((error: unknown) => error));
    void worker.terminate();
    const results = await Promise.all(calls);
    const errors = results.filter((result) => result instanceof Error);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(WorkerError);
    expect(errors[0]).toMatchObject({ code: 'worker', hint: expect.stringMatching(/make the call again/) as unknown });
    for (const result of results) if (!(result instanceof Error)) expect(result).toEqual(expected);
    await until(() => two.stats().workers === 2);
    expect(two.stats()).toMatchObject({ replaced: 1, pending: 0 });
    expect(await Promise.all([two.run(image()), two.run(image())])).toEqual([expected, expected]);
  });

  it('has its call made again with retry: 1, from inputs that were handed over', async () => {
    await using two = await pool({ retry: 1 });
    const expected = await two.run(image());
    const handed = image();
    const calls = [two.run(handed, { transfer: true }), two.run(image()), two.run(image())];
    expect(handed.byteLength).toBe(0);
    for (const worker of started.slice(-2)) void worker.terminate();
    expect(await Promise.all(calls)).toEqual([expected, expected, expected]);
    expect(two.stats().replaced).toBe(2);
  });

  it('twice in one call rejects it', async () => {
    // Long enough that nobody is too late to end it in the middle.
    const slower = { model: chain(60), options: { ...OPTIONS, weights: weightsOf(60) } };
    await using one = await pool({ ...slower, size: 1, retry: 1 });
    const call = caught(one.run(image()));
    void started.at(-1)?.terminate();
    await until(() => one.stats().workers === 1 && one.stats().replaced === 1);
    void started.at(-1)?.terminate();
    expect(await call).toBeInstanceOf(WorkerError);
    await one.summary();
    expect(one.stats().replaced).toBe(2);
  });
});

it('a worker whose engine has failed is replaced, though it still answers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-pool-'));
  const failing = await modified(folder, 'worker.js', (text) => text.replace(/usable: \(\) => model\(\)\.session\.usable/, 'usable: () => false'));
  const x = failing.input([1, 3, 2, 2]);
  const net = failing.graph({ x }, { y: failing.prelu(3)(x) });
  const [name = ''] = net.params.map((param) => param.name);
  await using one = await failing.createPool({ model: net, size: 1, options: { weights: { [name]: failing.tensor([NaN, NaN, NaN], [3]) } } });
  const picture = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 } as const;
  expect(await caught(one.classify(picture))).toMatchObject({ code: 'engine' });
  await until(() => one.stats().replaced === 1 && one.stats().workers === 1);
  await one.run(new Float32Array(12));
  rmSync(folder, { recursive: true });
});

describe('what is left', () => {
  const TASKS = '/proc/self/task';
  const countTasks = (): number => readdirSync(TASKS).length;

  it('rejects everything when disposed of, twice too', async () => {
    const two = await pool();
    const calls = Array.from({ length: 5 }, () => caught(two.run(image())));
    await two.dispose();
    await two.dispose();
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(DisposedError);
    expect(await caught(two.run(image()))).toBeInstanceOf(DisposedError);
  });

  it.runIf(existsSync(TASKS))('of ten pools is no worker', async () => {
    await (await pool({ size: 3 })).dispose();
    const before = countTasks();
    for (let round = 0; round < 10; round += 1) {
      const three = await pool({ size: 3 });
      const calls = Array.from({ length: 4 }, () => caught(three.run(image())));
      if (round % 2 === 0) await Promise.all(calls);
      await three.dispose();
    }
    await until(() => countTasks() <= before);
  });

  it('idle workers are released and come back with the next call', async () => {
    await using two = await pool({ idleTimeout: 100 });
    const expected = await two.run(image());
    await until(() => two.stats().workers === 0);
    expect(two.stats()).toMatchObject({ replaced: 0, starting: 0 });
    const calls = [two.run(image()), two.run(image()), two.run(image())];
    expect(two.stats()).toMatchObject({ starting: 2, waiting: 3 });
    expect(await Promise.all(calls)).toEqual([expected, expected, expected]);
    await until(() => two.stats().workers === 0);
  });

  it('a pool that is not disposed of does not keep the process, waiting calls do', async () => {
    const script = join(mkdtempSync(join(tmpdir(), 'receptive-pool-')), 'script.mjs');
    writeFileSync(
      script,
      `const { createPool, graph, input, relu } = await import(${JSON.stringify(built)});
       const x = input([1, 4]);
       const pool = await createPool({ model: graph({ x }, { y: relu()(x) }), size: 2, idleTimeout: 60000 });
       for (let i = 0; i < 5; i += 1) pool.run(new Float32Array([i, -1, 2, -2])).then(({ y }) => console.log(y.data.join()));`,
    );
    const out = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [script], { timeout: 120_000 }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
    });
    rmSync(dirname(script), { recursive: true });
    expect(out.trim().split('\n').sort()).toEqual(['0,0,2,0', '1,0,2,0', '2,0,2,0', '3,0,2,0', '4,0,2,0']);
  });
});
