/** Training on several threads: the same bits as on one, and an end in good order where a thread is lost. */
import { existsSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../ts/base/errors.js';
import { columnSums, linearForward } from '../../ts/contract/train/steps.js';
import { VERSION } from '../../ts/contract/train/words.js';
import { encode } from '../../ts/program/words.js';
import type { TrainEngine } from '../../ts/train/engine.js';
import { HAS_THREADED_TRAINING, sharedTrainMemory, startThreadedTrainEngine, startTrainEngine } from '../../ts/train/wasm.js';
import type { StartHelper } from '../../ts/wasm/thread-start.js';
import { supports } from '../../ts/wasm/variant.js';

const fileOf = (variant: string): URL => new URL(`../../crates/pkg/train-${variant}/receptive_bg.wasm`, import.meta.url);
const moduleOf = (variant: string): WebAssembly.Module => new WebAssembly.Module(readFileSync(fileOf(variant)));
const RUNNABLE = (['simd', 'relaxed'] as const).filter((variant) => supports(variant));

/** What `serveAsTrainHelper` does, on the glue itself: a worker of Node reads no TypeScript. */
const HELPER = `
  const { workerData: { glue, start } } = require('node:worker_threads');
  import(glue).then(({ createThreadedTrainGlue }) => {
    const helper = createThreadedTrainGlue();
    helper.initSync({ ...start, thread_stack_size: 1 << 20 });
    helper.poolWorker();
  });
`;

const started: { worker: Worker; died: (reason: string) => void }[] = [];
afterEach(async () => void (await Promise.all(started.splice(0).map(({ worker }) => worker.terminate()))));

const startHelper: StartHelper = (start, died) => {
  const glue = new URL('../../crates/pkg/glue-train.js', import.meta.url).href;
  const worker = new Worker(HELPER, { eval: true, workerData: { glue, start } });
  worker.on('error', (cause) => died(cause.message));
  started.push({ worker, died });
  return { terminate: () => void worker.terminate() };
};

async function threaded(variant: string, threads: number, start: StartHelper = startHelper): Promise<TrainEngine> {
  const memory = sharedTrainMemory();
  if (!memory) throw new Error('no shared memory');
  return startThreadedTrainEngine({ module: moduleOf(variant), memory }, threads, start);
}

const [ROWS, IN, OUT] = [64, 300, 256];

/** A fully connected layer, large enough to be shared out, and the sums of its columns. */
function outputs(engine: TrainEngine): number[] {
  const steps = [
    linearForward({ x: 0, weight: 1, y: 2, rows: ROWS, featuresIn: IN, featuresOut: OUT }),
    columnSums({ x: 2, y: 3, rows: ROWS, c: OUT }),
  ];
  const lens = [ROWS * IN, OUT * IN, ROWS * OUT, OUT];
  const id = engine.compile(encode({ lens, inputs: [0, 1], outputs: [2, 3], steps }, (weight) => weight, VERSION));
  for (const input of [0, 1]) {
    const numbers = engine.initial({ kind: 'normal', std: 1 }, 7n, input, lens[input] ?? 0);
    engine.input(id, input).set(numbers);
  }
  engine.runSteps(id, 0, 2);
  const all = [0, 1].flatMap((output) => [...engine.output(id, output)]);
  engine.release(id);
  return all;
}

it('is tested where it was built', () => {
  expect(HAS_THREADED_TRAINING).toBe(existsSync(fileOf('simd-threads')));
});

describe.runIf(HAS_THREADED_TRAINING)('threads of training', () => {
  it.each(RUNNABLE)('compute what one thread does: %s', async (variant) => {
    const engine = await threaded(`${variant}-threads`, 3);
    expect([engine.variant, engine.threads, engine.threadsReason]).toEqual([variant, 3, undefined]);
    const expected = outputs(startTrainEngine(moduleOf(variant)));
    expect(expected.every(Number.isFinite)).toBe(true);
    expect(outputs(engine)).toEqual(expected);
  });

  it('of which one dies end the engine, in its own name', async () => {
    const engine = await threaded('simd-threads', 3);
    outputs(engine);
    started[0]?.died('poison');
    expect(() => outputs(engine)).toThrow(/^a thread of the engine has died; start again from the last checkpoint$/);
    expect(() => engine.uniforms(1n, 0, 0, 1)).toThrow(EngineError);
  });

  it('that cannot be started leave one, with the reason', async () => {
    const engine = await threaded('simd-threads', 2, () => {
      throw new Error('workers are forbidden');
    });
    expect([engine.threads, engine.threadsReason]).toEqual([1, '0 of 1 further threads could be started (workers are forbidden)']);
    expect(outputs(engine)).toEqual(outputs(startTrainEngine(moduleOf('simd'))));
  });
});
