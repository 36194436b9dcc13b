/** Engines of training, as the tests start them: on the thread that calls, alone or with helpers on others. */
import { existsSync, readFileSync } from 'node:fs';
import { loadInline } from '../../ts/model/inline-model.js';
import type { OpenModel } from '../../ts/train/trainer.js';
import { Worker } from 'node:worker_threads';
import type { TrainEngine } from '../../ts/train/engine.js';
import { HAS_THREADED_TRAINING, sharedTrainMemory, startThreadedTrainEngine, startTrainEngine } from '../../ts/train/wasm.js';
import type { StartHelper } from '../../ts/wasm/thread-start.js';
import { supports } from '../../ts/wasm/variant.js';

export type TrainVariant = 'scalar' | 'simd' | 'relaxed';
type ThreadedTrainVariant = 'simd' | 'relaxed';

const fileOf = (name: string): URL => new URL(`../../crates/pkg/train-${name}/receptive_bg.wasm`, import.meta.url);

/** The variants that this engine of JavaScript can run. */
export const TRAIN_VARIANTS: readonly TrainVariant[] = (['scalar', 'simd', 'relaxed'] as const).filter((variant) => supports(variant) && existsSync(fileOf(variant)));
/** Those that can be shared out to threads. */
export const THREADED_TRAIN_VARIANTS: readonly ThreadedTrainVariant[] = HAS_THREADED_TRAINING ? (['simd', 'relaxed'] as const).filter((variant) => supports(variant)) : [];

const modules = new Map<string, WebAssembly.Module>();

/** Compiled once: that takes longer than most of what is tested. */
export function trainModule(name: string): WebAssembly.Module {
  const module = modules.get(name) ?? new WebAssembly.Module(readFileSync(fileOf(name)));
  modules.set(name, module);
  return module;
}

export function openTrain(variant: TrainVariant): TrainEngine {
  return startTrainEngine(trainModule(variant));
}

/** Opens models on the calling thread, as the entry does. */
export const openModel: OpenModel = (graph, options) => loadInline(graph, { variant: 'simd', ...options }, {
  defaultWasm: (variant) => new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url).href,
  only: undefined,
  readers: [],
});

/** What `serveAsTrainHelper` does, on the glue itself: a worker of Node reads no TypeScript. */
const HELPER = `
  const { workerData: { glue, start } } = require('node:worker_threads');
  import(glue).then(({ createThreadedTrainGlue }) => {
    const helper = createThreadedTrainGlue();
    helper.initSync({ ...start, thread_stack_size: 1 << 20 });
    helper.poolWorker();
  });
`;

/** An engine, and the threads that end with it. */
export interface OpenTrain {
  readonly engine: TrainEngine;
  /** For each helper: says that it has died. */
  readonly deaths: readonly ((reason: string) => void)[];
  close(): Promise<void>;
}

/** @param startHelper - in place of starting a worker */
export async function openTrainThreads(variant: ThreadedTrainVariant, threads: number, startHelper?: StartHelper): Promise<OpenTrain> {
  const memory = sharedTrainMemory();
  if (!memory) throw new Error('no shared memory');
  const workers: Worker[] = [];
  const deaths: ((reason: string) => void)[] = [];
  const start: StartHelper = (with_, died) => {
    const glue = new URL('../../crates/pkg/glue-train.js', import.meta.url).href;
    const worker = new Worker(HELPER, { eval: true, workerData: { glue, start: with_ } });
    worker.on('error', (cause) => died(cause.message));
    workers.push(worker);
    deaths.push(died);
    return { terminate: () => void worker.terminate() };
  };
  const engine = await startThreadedTrainEngine({ module: trainModule(`${variant}-threads`), memory }, threads, startHelper ?? start);
  return { engine, deaths, close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))) };
}

/** Every engine that can be started here, on one thread and on two. */
export const TRAIN_ENGINES: readonly (readonly [name: string, open: () => Promise<OpenTrain>])[] = [
  ...TRAIN_VARIANTS.map((variant) => [variant, () => Promise.resolve({ engine: openTrain(variant), deaths: [], close: () => Promise.resolve() })] as const),
  ...THREADED_TRAIN_VARIANTS.map((variant) => [`${variant} on 2 threads`, async () => {
    const open = await openTrainThreads(variant, 2);
    if (open.engine.threads !== 2 || open.engine.variant !== variant) throw new Error(`${open.engine.variant} on ${open.engine.threads} threads: ${open.engine.threadsReason}`);
    return open;
  }] as const),
];
