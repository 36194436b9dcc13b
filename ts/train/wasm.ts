import { createThreadedTrainGlue, createTrainGlue, INITIAL_PAGES } from '../../crates/pkg/glue-train.js';
import type { RandomApi, TrainGlue } from '../../crates/pkg/glue-train.js';
import { WasmError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { Init } from '../graph/rule.js';
import { serveWith, sharedMemoryOf, startHelpers } from '../wasm/thread-start.js';
import type { HelperStart, StartHelper } from '../wasm/thread-start.js';
import type { Variant } from '../wasm/variant.js';
import { expectWasmVersion, notStarted } from '../wasm/version.js';
import type { TrainEngine } from './engine.js';
import { Guard } from './failures.js';

/** Whether this build has threaded variants of training at all. */
export const HAS_THREADED_TRAINING = INITIAL_PAGES > 0;

/** A shared memory as large as can be had. */
export function sharedTrainMemory(): WebAssembly.Memory | undefined {
  return sharedMemoryOf(INITIAL_PAGES);
}

/**
 * Starts a module of training on this thread alone, with a memory of its own.
 * @param threadsReason - why it is one thread, where more were wanted
 * @throws WasmError for a module of another version or purpose, or one that cannot be started
 */
export function startTrainEngine(module: WebAssembly.Module, threadsReason?: string): TrainEngine {
  expectTraining(module);
  const glue = createTrainGlue();
  const memory = started(() => glue.initSync({ module }).memory);
  return new Started(glue, memory, { threads: 1, reason: threadsReason, intact: () => true });
}

/**
 * Starts a module of training on this thread and its helpers on others; resolves when they serve, or with fewer threads.
 * @param start - a threaded variant and a memory of `sharedTrainMemory`
 * @param startHelper - starts a thread that calls `serveAsTrainHelper`
 * @throws WasmError as `startTrainEngine`
 */
export async function startThreadedTrainEngine(start: HelperStart, threads: number, startHelper: StartHelper): Promise<TrainEngine> {
  expectTraining(start.module);
  const glue = createThreadedTrainGlue();
  started(() => glue.initSync({ module: start.module, memory: start.memory }));
  const reason = await startHelpers(threads - 1, glue, (died) => startHelper(start, died));
  const helpers = Math.min(glue.poolLive(), threads - 1);
  return new Started(glue, start.memory, { threads: helpers + 1, reason, intact: () => glue.poolLive() >= helpers });
}

/** On a helper thread: blocks as long as the engine lives. @throws what it died of */
export function serveAsTrainHelper(start: HelperStart, serves: () => void): void {
  serveWith(createThreadedTrainGlue(), start, serves);
}

/** A module of inference has the same version, and would start. */
function expectTraining(module: WebAssembly.Module): void {
  expectWasmVersion(module);
  if (WebAssembly.Module.exports(module).some(({ name }) => name === 'permutation')) return;
  const [expected, hint] = ['a module of training', 'use one of the files train-*.wasm'];
  wrong('wasm', expected, 'another', { as: WasmError, hint });
}

function started<Result>(start: () => Result): Result {
  try {
    return start();
  } catch (cause) {
    throw notStarted(cause);
  }
}

interface Team {
  readonly threads: number;
  readonly reason: string | undefined;
  readonly intact: () => boolean;
}

/** Bytes that wasm can address, and that its allocator gives at once. */
const [ADDRESSABLE, MAX_AT_ONCE] = [2 ** 32, 2 ** 31 - 1];

/** Bytes that one more program may have at most. @param released - bytes that were, in memory, which never shrinks: they are used again */
export function roomIn(memory: number, released: number): number {
  return Math.min(MAX_AT_ONCE, ADDRESSABLE - memory + released);
}

/** A started module. */
class Started implements TrainEngine {
  readonly variant: Variant;
  readonly threads: number;
  readonly threadsReason: string | undefined;
  private readonly engine: InstanceType<TrainGlue['Engine']>;
  private readonly guard: Guard;
  /** Bytes of all programs, now and at the most. */
  private held = 0;
  private most = 0;

  constructor(
    private readonly glue: TrainGlue,
    private readonly memory: WebAssembly.Memory,
    { threads, reason, intact }: Team,
  ) {
    this.variant = glue.variant() as Variant;
    this.threads = threads;
    this.threadsReason = reason;
    this.engine = new glue.Engine(threads);
    this.guard = new Guard(intact);
  }

  get usable(): boolean {
    return this.guard.usable;
  }

  compile: TrainEngine['compile'] = (words, layerOf) => {
    const program = this.guard.run(() => this.engine.compile(words), layerOf);
    this.held += this.bytes(program);
    this.most = Math.max(this.most, this.held);
    return program;
  };

  release(program: number): void {
    this.held -= this.bytes(program);
    this.guard.run(() => this.engine.release(program));
  }

  input(program: number, index: number): Float32Array {
    return this.guard.run(() => this.view(this.engine.inputPtr(program, index), this.engine.inputLen(program, index)));
  }

  output(program: number, index: number): Float32Array {
    return this.guard.run(() => this.view(this.engine.outputPtr(program, index), this.engine.outputLen(program, index)));
  }

  runSteps(program: number, from: number, to: number): void {
    this.guard.run(() => this.engine.runSteps(program, from, to));
  }

  initial(init: Init, seed: bigint, stream: number, length: number): Float32Array<ArrayBuffer> {
    return this.guard.run(() => initial(this.glue, init, { seed, stream, length }));
  }

  permutation(seed: bigint, round: number, length: number): Uint32Array<ArrayBuffer> {
    return this.guard.run(() => this.glue.permutation(seed, round, length));
  }

  uniforms(seed: bigint, stream: number, round: number, length: number): Float32Array<ArrayBuffer> {
    return this.guard.run(() => this.glue.uniforms(seed, stream, round, length));
  }

  room(): number {
    return roomIn(this.memory.buffer.byteLength, this.most - this.held);
  }

  bytes(program: number): number {
    return this.guard.run(() => this.engine.programBytes(program));
  }

  /** Made anew for every use: views detach when the memory grows. */
  private view(pointer: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, length);
  }
}

interface Draw {
  readonly seed: bigint;
  readonly stream: number;
  readonly length: number;
}

function initial(random: RandomApi, init: Init, { seed, stream, length }: Draw): Float32Array<ArrayBuffer> {
  switch (init.kind) {
    case 'constant':
      return new Float32Array(length).fill(init.value);
    case 'uniform':
      return random.initialUniform(seed, stream, length, init.bound);
    case 'normal':
      return random.initialNormal(seed, stream, length, init.std);
    case 'kaimingUniform':
    case 'kaimingNormal':
      return random[init.kind](seed, stream, length, init.fan, init.gain);
    case 'xavierUniform':
    case 'xavierNormal':
      return random[init.kind](seed, stream, length, init.fanIn, init.fanOut, init.gain);
    case 'orthogonal':
      return random.orthogonal(seed, stream, length, init.rows, init.gain);
  }
}
