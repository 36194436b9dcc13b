/** The built package, models that are small or slow, and what is left of them when they end. */
import { readdirSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';
import type { Worker } from 'node:worker_threads';
import { expect } from 'vitest';
import type * as Library from '../../ts/entries/index.js';

export const dist = (file: string): string => new URL(`../../dist/${file}`, import.meta.url).href;

/** The workers that the library starts from here, so that a test can kill one as the system would. */
export const started: Worker[] = [];

const Original = workerThreads.Worker;
type WorkerArguments = ConstructorParameters<typeof Original>;
type Replace = (entry: string) => WorkerArguments;
let replaceNext: Replace | undefined;

/** Has the library start another worker the next time than the one it asks for. */
export function replaceNextWorker(by: Replace): void {
  replaceNext = by;
}

function replaced(args: WorkerArguments): WorkerArguments {
  const replace = replaceNext;
  replaceNext = undefined;
  return replace ? replace(String(args[0])) : args;
}

const waiting: ((worker: Worker) => void)[] = [];

/** The worker that is started next, before it has done anything. */
export const nextStarted = (): Promise<Worker> => new Promise((resolve) => waiting.push(resolve));

workerThreads.Worker = class extends Original {
  constructor(...args: WorkerArguments) {
    super(...replaced(args));
    started.push(this);
    for (const resolve of waiting.splice(0)) resolve(this);
  }
};
syncBuiltinESMExports();
// Relative, so that the built package is what is tested whatever resolves its name.
export const library = (await import(dist('node/index.js'))) as typeof Library;
const { conv2d, graph, input, load, relu, sequential, tensor } = library;

const x = input([1, 4, 8, 8]);
export const SMALL = graph({ x }, { y: sequential({ conv: conv2d(4, 4, 3, { padding: 1 }), relu: relu() })(x) });
export const weightsOf = (channels: number) => ({
  'conv.weight': tensor(new Float32Array(channels * channels * 9).fill(0.01), [channels, channels, 3, 3]),
  'conv.bias': tensor(new Float32Array(channels), [channels]),
});

export function small(options: Library.LoadOptions = {}): Promise<Library.Model> {
  return load(SMALL, { weights: weightsOf(4), ...options });
}

export async function expectRight(model: Library.Model): Promise<void> {
  expect((await model.run(new Float32Array(256).fill(1)))['y']?.data[9]).toBeCloseTo(0.36, 5);
}

const [CHANNELS, SIDE] = [512, 96];

/** A convolution that takes most of a second, shared out in one piece for each thread. */
export async function loadSlow(threads: number): Promise<Library.Model> {
  const z = input([1, CHANNELS, SIDE, SIDE]);
  const net = graph({ z }, { y: sequential({ conv: conv2d(CHANNELS, CHANNELS, 3, { padding: 1 }) })(z) });
  const model = await load(net, { weights: weightsOf(CHANNELS), threads, algorithm: 'packed', variant: 'simd' });
  expect(model.threads).toBe(threads);
  return model;
}

export const slowInput = (): Float32Array<ArrayBuffer> => new Float32Array(CHANNELS * SIDE * SIDE).fill(1);
/** In the middle of its output, where the convolution sees no border. */
export const SLOW_INDEX = SIDE * (SIDE / 2) + SIDE / 2;
export const SLOW_VALUE = CHANNELS * 9 * 0.01;

/** How long a worker has computed when a run is taken to be in its middle: far more than a message takes, far less than a slow run. */
const MIDDLE_MS = 20;

/** Resolves when the worker has been busy for a while since the call: its own loop counts that, however late the machine lets it begin. */
export async function computing(worker: Worker | undefined): Promise<void> {
  if (!worker) throw new Error('no worker was started');
  const before = worker.performance.eventLoopUtilization();
  while (worker.performance.eventLoopUtilization(before).active < MIDDLE_MS) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Starts a run of the model that was loaded last, which is being computed when this resolves. */
export async function inMidRun(model: Library.Model, signal?: AbortSignal): Promise<{ readonly run: Promise<unknown> }> {
  let over = false;
  const busy = computing(started.at(-1));
  const run = model.run(slowInput(), { signal, transfer: true }).finally(() => (over = true));
  run.catch(() => undefined);
  await busy;
  expect(over, 'the run is over before its middle').toBe(false);
  return { run };
}

export const countTasks = (): number => readdirSync('/proc/self/task').length;

export async function expectTasksToFallTo(count: number): Promise<void> {
  const until = performance.now() + 60_000;
  while (countTasks() > count && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(countTasks()).toBeLessThanOrEqual(count);
}

/** Seconds of processor time in a second. Who spins takes a core's share of it: a third, where four others want two cores. */
export const IDLE = 0.1;

/**
 * What of the quietest second the process computed, of five or until one is quiet: it has other things to do after a load, as
 * collecting garbage. Who spins does so in every second.
 */
export async function busySeconds(): Promise<number> {
  const seconds: number[] = [];
  while (seconds.length < 5 && !seconds.some((used) => used < IDLE)) {
    const start = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { user, system } = process.cpuUsage(start);
    seconds.push((user + system) / 1e6);
  }
  return Math.min(...seconds);
}
