import type { Progress } from '../bytes/response.js';
import { disposedError } from '../base/disposed.js';
import { wrong } from '../base/wrong.js';
import type { PlatformAbortSignal } from '../base/globals.js';
import { isGraph } from '../graph/graph.js';
import { isGraphData } from '../graph/to-data.js';
import type { Layer } from '../layers/layer.js';
import type { LoadOptions, ModelSource } from '../model/load-options.js';
import { buildRequest, checkIdleTimeout, checkMaxQueue, checkWhole } from '../model/load-request.js';
import { POOL_LOAD_OPTIONS, POOL_OPTIONS } from './option-names.js';
import { checkOptions } from '../base/options.js';
import { showValue } from '../base/show.js';
import { Callable } from './callable.js';
import { stopWatching, watchOver } from './forgotten.js';
import { checkWorker } from './given.js';
import type { ModelInfo } from './protocol.js';
import { hardwareThreads, sharingObstacle } from './spawn.platform.js';
import { Workers } from './workers.js';

/** How the model of a pool is loaded: each worker computes on one thread, and bytes are copied once for all of them. */
export type PoolLoadOptions = Omit<LoadOptions, 'threads' | 'transfer' | 'maxQueue' | 'idleTimeout' | 'signal' | 'onProgress' | 'locations'>;

/** What `createPool` takes. */
export interface PoolOptions {
  /** What `load` takes: a model file, or a graph or layer with its weights in `options`. */
  readonly model: ModelSource | Layer;
  /** Workers, each with an engine and a thread of its own, 1 to 1024. Default: the threads that the machine runs at the same time. */
  readonly size?: number | undefined;
  /** As those of `load`. */
  readonly options?: PoolLoadOptions | undefined;
  /**
   * How often a call is made again whose worker died: 0, the default, rejects it with a WorkerError; 1 suits calls that are
   * not what the worker dies of. Its inputs are kept until it is answered.
   */
  readonly retry?: 0 | 1 | undefined;
  /** Calls that may wait, for the pool as a whole; see the option of `load`. Default 1024. */
  readonly maxQueue?: number | undefined;
  /**
   * Milliseconds after which a worker without work is ended, and its memory with it; the next call that has to wait starts it
   * again, which takes as long as loading does. Default: never.
   */
  readonly idleTimeout?: number | undefined;
  /**
   * Whether `classify` follows strings and URL objects. Default false, unlike that of `load`: a service is sent what it classifies,
   * and whoever sends a path or an address could have any file read or any server asked. True where all addresses are your own.
   */
  readonly locations?: boolean | undefined;
  /** Aborts the start of the pool. */
  readonly signal?: PlatformAbortSignal | undefined;
  /** Told as the model arrives, which it does once. */
  readonly onProgress?: Progress | undefined;
}

/** A pool at one moment. */
export interface PoolStats {
  /** Workers that the pool is to have. */
  readonly size: number;
  /** Workers that are ready. */
  readonly workers: number;
  /** Workers that are being started. */
  readonly starting: number;
  /** Calls that have not been answered: those that run and those that wait. */
  readonly pending: number;
  /** Those of them that wait for a worker. */
  readonly waiting: number;
  /** Workers that died and were replaced, since the pool was made. */
  readonly replaced: number;
}

/** The same model in several workers: a call goes to whichever is free, so that as many are computed at the same time. */
export class Pool extends Callable {
  /** Workers that it is to have. */
  readonly size: number;

  /** Made by `createPool`. @internal */
  constructor(
    private readonly workers: Workers,
    info: ModelInfo,
    locations: boolean,
  ) {
    const remedy = 'give bytes, or createPool({ locations: true }) if the addresses are your own';
    super(workers.calls, info, { keeps: workers.options.retry > 0, locations, remedy });
    this.size = workers.options.size;
    watchOver(this, workers);
  }

  /** How many workers there are and how many calls wait. */
  stats(): PoolStats {
    const { calls, counts, replaced } = this.workers;
    return { size: this.size, workers: counts.ready, starting: counts.starting, pending: calls.pending, waiting: calls.waits, replaced };
  }

  /** Ends all workers and resolves when everything is freed. Pending calls reject at once; calling it again does nothing. */
  dispose(): Promise<void> {
    stopWatching(this);
    return this.workers.dispose(disposedError('pool'));
  }
}

/**
 * Loads a model into several workers, for services that answer many calls at once. One call is not faster for it: for that, see
 * the option `threads` of `load`. The WebAssembly is compiled once for all workers, and bytes that are given or fetched are
 * read once where memory can be shared; each worker has packed weights and activations of its own.
 *
 * @returns once all workers are ready
 * @throws what `load` throws
 */
export async function createPool(options: PoolOptions): Promise<Pool> {
  expectModel(options);
  const { model, size, retry, idleTimeout, maxQueue, options: load, signal, onProgress, locations = false } = options;
  checkOptions('createPool: options', load, POOL_LOAD_OPTIONS);
  checkWorker(load?.worker);
  const request = await buildRequest(model, { ...load, threads: 1, signal, onProgress, locations }, shareable);
  const workers = new Workers({
    size: checkWhole('size', size ?? hardwareThreads(), 1, MAX_WORKERS),
    maxQueue: checkMaxQueue(maxQueue),
    retry: checkWhole('retry', retry ?? 0, 0, 1),
    restarts: true,
    idleTimeout: checkIdleTimeout(idleTimeout),
    keepsFiles: true,
    worker: load?.worker,
  });
  return new Pool(workers, await workers.open(request, { onProgress, signal }), locations);
}

/** Each worker is a thread with an engine: more of them than any machine runs at the same time are a mistake. */
const MAX_WORKERS = 1024;

/** A copy, in memory that all workers see where that can be had. */
function shareable(bytes: Uint8Array): Uint8Array {
  if (sharingObstacle() !== undefined) return bytes.slice();
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

/** @throws ArgumentError for a model itself, as `load` takes it, for an option of the model among those of the pool, and for other names */
function expectModel(options: unknown): void {
  const isModel = typeof options === 'object' && options !== null && 'model' in options;
  const isPlain = Object.prototype.toString.call(options) === '[object Object]' && !isGraph(options) && !isGraphData(options);
  const misplaced = isPlain ? Object.keys(Object(options) as object).find((name) => name in POOL_LOAD_OPTIONS) : undefined;
  if (misplaced !== undefined) {
    const hint = `write createPool({ model, options: { ${misplaced} } })`;
    wrong('createPool', 'options of a pool', `${misplaced}, an option of its model`, { hint });
  }
  if (isPlain && options !== null) checkOptions('createPool', options, POOL_OPTIONS);
  if (isModel) return;
  const [expected, got] = ['an object with a model', showValue(options)];
  const hint = 'write createPool({ model }), where model is what load takes';
  wrong('createPool', expected, got, { hint });
}
