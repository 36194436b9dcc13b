/** Models on several threads, in the built package; and the engine's helpers themselves, started and killed from here. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Session } from '../../ts/session/session.js';
import { instantiateThreaded, sharedMemory } from '../../ts/wasm/threaded.js';
import type { StartHelper } from '../../ts/wasm/threaded.js';
import { supports } from '../../ts/wasm/variant.js';
import type { ThreadedVariant, Variant } from '../../ts/wasm/variant.js';
import { EngineError as SourceEngineError } from '../../ts/base/errors.js';
import { sourceOf } from '../../ts/formats/stored.js';
import { relu as reluFromSource, graph as graphFromSource, input as inputFromSource } from '../../ts/ops/layers.js';
import { startHelperIn } from '../../ts/worker/helper-start.js';
import type { SpawnedWorker } from '../../ts/worker/spawned.js';
import type * as Inline from '../../ts/entries/inline.js';
import { expectCollected, expectHeld, heldBytes } from '../support/left.js';
import { busySeconds, countTasks, dist, expectTasksToFallTo, IDLE, library, SMALL, small, weightsOf } from '../support/models.js';

const { ArgumentError, load, WasmError } = library;

const SQUEEZENET = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
const BEST: Variant = supports('relaxed') ? 'relaxed' : 'simd';
const wasm = (name: Variant | ThreadedVariant): Uint8Array => readFileSync(new URL(dist(`wasm/${name}.wasm`)));

/** Numbers without a pattern, the same each time. */
function noise(length: number): Float32Array<ArrayBuffer> {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  });
}

describe('the answer', () => {
  const runnable = (['simd', 'relaxed'] as const).filter((variant) => supports(variant));
  it.each(runnable)('has the same bits on 1, 2 and 3 threads (%s)', async (variant) => {
    const image = noise(3 * 227 * 227);
    const answers: Float32Array[] = [];
    for (const threads of [1, 2, 3]) {
      await using model = await load(SQUEEZENET, { variant, threads });
      expect([model.threads, model.threadsReason, model.variant]).toEqual([threads, undefined, variant]);
      expect((await model.summary()).threads).toBe(threads);
      for (let time = 0; time < 3; time += 1) {
        const [output] = Object.values(await model.run(image));
        expect(output?.data.buffer).toBeInstanceOf(ArrayBuffer);
        answers.push(output?.data as Float32Array);
      }
    }
    const bits = answers.map((answer) => Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString('hex'));
    expect(answers[0]?.every(Number.isFinite)).toBe(true);
    expect(bits[0]).toMatch(/[1-9]/);
    expect(new Set(bits).size).toBe(1);
  });
});

describe('the number of threads', () => {
  it('is by itself at most four, and that of the machine', async () => {
    await using model = await load(SQUEEZENET);
    const { availableParallelism } = await import('node:os');
    expect(model.threads).toBe(Math.min(4, availableParallelism()));
    expect(model.threadsReason).toBeUndefined();
  });

  it('is by itself one for a model that is too small for more', async () => {
    await using model = await small();
    expect([model.threads, model.threadsReason]).toEqual([1, 'the model is too small for more']);
  });

  it.each([0, -1, 1.5, 33, NaN, 'many', null])('%s is refused', async (threads) => {
    const error: unknown = await small({ threads: threads as number }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ place: expect.stringMatching(/^(load: )?threads$/) as string });
  });

  it('is one in the inline entry, which says what to use instead', async () => {
    const inline = (await import(dist('node/inline.js'))) as typeof Inline;
    const error: unknown = await inline.load(SMALL, { weights: weightsOf(4), threads: 2 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(inline.ArgumentError);
    expect(error).toMatchObject({ place: 'threads', got: '2' });
    using model = await inline.load(SMALL, { weights: weightsOf(4), threads: 'auto' });
    expect(model.threads).toBe(1);
  });

  it('is one for the scalar variant, which says so', async () => {
    await using model = await small({ threads: 2, variant: 'scalar' });
    expect([model.threads, model.variant]).toEqual([1, 'scalar']);
    expect(model.threadsReason).toMatch(/scalar variant computes on one thread/);
  });
});

describe('the module', () => {
  it('is the plain one for one thread, and one for shared memory for two', async () => {
    const both = { [BEST]: wasm(BEST), [`${BEST}-threads`]: new Uint8Array(9) };
    await using model = await small({ threads: 1, wasm: both });
    expect(model.threads).toBe(1);
    const loading = small({ threads: 2, wasm: both });
    await expect(loading).rejects.toBeInstanceOf(WasmError);
    await expect(loading).rejects.toThrow(`${BEST}-threads`);
  });

  it('may be given', async () => {
    await using single = await small({ threads: 2, wasm: wasm(`${BEST}-threads`) });
    expect([single.threads, single.variant]).toEqual([2, BEST]);
    await using one = await small({ threads: 1, wasm: new WebAssembly.Module(new Uint8Array(wasm(`${BEST}-threads`))) });
    expect([one.threads, one.threadsReason]).toEqual([1, undefined]);
    await using named = await small({ threads: 2, wasm: { 'simd-threads': wasm('simd-threads') } });
    expect([named.threads, named.variant]).toEqual([2, 'simd']);
  });

  it('if given for one thread, makes it one and says so', async () => {
    await using single = await small({ threads: 2, wasm: wasm('simd') });
    expect([single.threads, single.threadsReason]).toEqual([1, 'the given wasm is a module for one thread']);
    await using named = await small({ threads: 2, wasm: { simd: wasm('simd') } });
    expect([named.threads, named.threadsReason]).toEqual([1, 'there is no simd-threads module']);
  });

  it('of the wrong kind is named', async () => {
    const loading = small({ threads: 2, variant: 'simd', wasm: { 'simd-threads': wasm('simd') } });
    await expect(loading).rejects.toThrow(/expected a module for threads/);
    const inline = (await import(dist('node/inline.js'))) as typeof Inline;
    await expect(inline.load(SMALL, { weights: weightsOf(4), wasm: wasm('simd-threads') })).rejects.toThrow(/expected a module for one thread, got a module for threads/);
  });
});

it.runIf(existsSync('/proc/self/task'))('nothing is left of 20 rounds of load and dispose', async () => {
  const models: WeakRef<object>[] = [];
  const round = async (): Promise<void> => {
    await using model = await small({ threads: 3 });
    await model.run(new Float32Array(256));
    models.push(new WeakRef(model));
  };
  for (let i = 0; i < 10; i += 1) await round();
  const [tasks, held] = [countTasks(), heldBytes()];
  for (let i = 0; i < 20; i += 1) await round();
  await expectTasksToFallTo(tasks);
  // A model is more than a megabyte.
  await expectHeld(held + 2 ** 20);
  await expectCollected(models);
});

it('threads that wait use no processor', async () => {
  await using model = await small({ threads: 3 });
  await model.run(new Float32Array(256));
  expect(await busySeconds()).toBeLessThan(IDLE);
});

it('a model that is not disposed of does not keep the process', async () => {
  const script = join(mkdtempSync(join(tmpdir(), 'receptive-threads-')), 'script.mjs');
  const text = `
    const { load, graph, input, relu } = await import(${JSON.stringify(dist('node/index.js'))});
    const x = input([1, 4]);
    const model = await load(graph({ x }, { y: relu()(x) }), { threads: 3 });
    console.log(model.threads, (await model.run(new Float32Array([1, -1, 2, -2]))).y.data.join());`;
  writeFileSync(script, text);
  const out = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [script], { timeout: 120_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
  rmSync(dirname(script), { recursive: true });
  expect(out).toBe('3 1,0,2,0\n');
});

describe('helpers', () => {
  const x2 = inputFromSource([1, 4]);
  const NET = graphFromSource({ x: x2 }, { y: reluFromSource()(x2) });
  const started: Worker[] = [];

  function spawn(script = dist('node/worker.js')): SpawnedWorker {
    const worker = new Worker(new URL(script));
    started.push(worker);
    return {
      endpoint: {
        postMessage: (message: unknown, transfer?: unknown[]) => worker.postMessage(message, transfer as Transferable[]),
        addEventListener: () => undefined,
        removeEventListener: () => undefined,
      },
      onDeath(died) {
        worker.on('error', (cause) => died(cause.message));
        worker.on('exit', (code) => died(`exit ${code}`));
      },
      terminate: () => worker.terminate(),
      hold: () => undefined,
    };
  }

  async function withHelpers(threads: number, start: StartHelper, test: (session: Session) => Promise<void> | void): Promise<void> {
    const module = new WebAssembly.Module(new Uint8Array(wasm('simd-threads')));
    const memory = sharedMemory();
    if (!memory) throw new Error('no shared memory');
    const instance = await instantiateThreaded({ module, memory }, threads, start);
    const session = new Session(instance, NET, sourceOf([]));
    try {
      expect(session.run(new Float32Array([1, -1, 2, -2]))['y']?.data.join()).toBe('1,0,2,0');
      await test(session);
    } finally {
      await Promise.all(started.splice(0).map((worker) => worker.terminate()));
    }
  }

  it('of which one dies break the engine, in its own name', async () => {
    await withHelpers(3, (start, died) => startHelperIn(spawn(), start, died), async (session) => {
      expect(session.threads).toBe(3);
      await started[0]?.terminate();
      const error = (() => {
        try {
          return session.run(new Float32Array(4));
        } catch (reason) {
          return reason;
        }
      })();
      expect(error).toBeInstanceOf(SourceEngineError);
      expect(error).toMatchObject({ code: 'engine', message: expect.stringMatching(/all threads of the engine to live, got a dead thread/) as unknown });
      expect(() => session.run(new Float32Array(4))).toThrow(SourceEngineError);
      session.dispose();
    });
  });

  it('that cannot be started leave one thread, with the reason', async () => {
    const refuse: StartHelper = () => {
      throw new Error('workers are forbidden');
    };
    await withHelpers(3, refuse, (session) => {
      expect([session.threads, session.threadsReason]).toEqual([1, '0 of 2 further threads could be started (workers are forbidden)']);
    });
  });

  it('that die at once leave one thread, and those that do serve stay', async () => {
    const dead = 'data:text/javascript,throw new Error("dead on arrival")';
    await withHelpers(2, (start, died) => startHelperIn(spawn(dead), start, died), (session) => {
      expect([session.threads, session.threadsReason]).toEqual([1, '0 of 1 further threads could be started (dead on arrival)']);
    });
    let count = 0;
    await withHelpers(3, (start, died) => startHelperIn(spawn((count += 1) === 1 ? dead : undefined), start, died), (session) => {
      expect([session.threads, session.threadsReason]).toEqual([2, '1 of 2 further threads could be started (dead on arrival)']);
    });
  });

  it('that never serve are given up', async () => {
    await withHelpers(2, () => ({ terminate: () => undefined }), (session) => {
      expect([session.threads, session.threadsReason]).toEqual([1, '0 of 1 further threads could be started in time']);
    });
  });
});
