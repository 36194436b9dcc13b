import type { LoadRequest } from '../model/request.js';
import type { Progress } from '../bytes/response.js';
import { disposedError } from '../base/disposed.js';
import { DisposedError, ReceptiveError, WorkerError } from '../base/errors.js';
import { Connection } from './connection.js';
import { scriptFor } from './script.js';
import type { WorkerInput } from '../model/worker-input.js';
import { Dispatcher } from './dispatcher.js';
import type { Endable } from './forgotten.js';
import type { LoadReply, ModelInfo } from './protocol.js';
import { spawnWorker } from './spawn.platform.js';
import { startModel } from './start.js';

export interface WorkersOptions {
  readonly size: number;
  readonly maxQueue: number;
  readonly retry: number;
  /** Whether a worker that ended is started again, for which the request is kept. Else calls reject with what ended it. */
  readonly restarts: boolean;
  /** Milliseconds after which a worker without work is released; never if undefined. */
  readonly idleTimeout: number | undefined;
  /** Whether what was fetched is kept for workers to come, where memory can be shared; else it is fetched again for each. */
  readonly keepsFiles: boolean;
  /** In place of the worker that ships. */
  readonly worker?: WorkerInput | undefined;
}

const REMEDY = 'make the call again: another worker is started for it';
const NO_RESTART = 'load the model again';
/** A worker that cannot be started is tried this often while nobody else could answer. */
const MAX_ATTEMPTS = 3;

/** How the first worker is started. */
interface Opening {
  readonly onProgress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of the request, to be handed over; only where no worker needs them again. */
  readonly buffers?: readonly ArrayBuffer[];
}

/** Keeps `size` workers running, each with its own copy of the model; restarts those that die. One of size 1 is behind a model. */
export class Workers implements Endable {
  readonly calls: Dispatcher;
  /** Workers that took the place of one that died. */
  replaced = 0;
  private readonly ready = new Set<Connection>();
  private readonly starting = new Set<Connection>();
  /** What a worker loads that is started later; kept only where one may be. */
  private request: LoadRequest | undefined;
  private files: LoadReply['files'] | undefined;
  private attempts = 0;
  private over = false;
  private sweeping: ReturnType<typeof setInterval> | undefined;

  constructor(readonly options: WorkersOptions) {
    const { maxQueue, retry, restarts, keepsFiles } = options;
    if (keepsFiles) this.files = {};
    this.calls = new Dispatcher({
      maxQueue,
      absent: () => options.size - this.ready.size,
      retry,
      onWait: () => this.grow(),
      onFailure: restarts ? (worker, error) => this.examine(worker, error) : undefined,
    });
  }

  /** Workers that take calls, and those that will. */
  get counts(): { ready: number; starting: number } {
    return { ready: this.ready.size, starting: this.starting.size };
  }

  /** Starts the first worker, and with what it compiled and read the others. @throws what loading the model throws */
  async open(request: LoadRequest, opening: Opening): Promise<ModelInfo> {
    const { size, restarts } = this.options;
    try {
      const { info, compiled } = await this.start(request, opening);
      const known = compiled && request.wasm !== undefined ? { ...request, wasm: compiled.module } : request;
      if (restarts) this.request = known;
      await Promise.all(Array.from({ length: size - 1 }, () => this.start(known, { signal: opening.signal })));
      this.sweepIdle();
      return info;
    } catch (error) {
      // The error does not wait for the workers' end.
      void this.dispose();
      throw error;
    }
  }

  /** Ends all workers; calls reject with DisposedError. */
  async dispose(disposed: DisposedError = disposedError('model')): Promise<void> {
    this.over = true;
    clearInterval(this.sweeping);
    this.calls.close(disposed);
    await Promise.all([...this.ready, ...this.starting].map((worker) => worker.dispose(disposed)));
  }

  abandon(): void {
    this.calls.whenIdle(() => void this.dispose());
  }

  private async start(request: LoadRequest, { onProgress, signal, buffers }: Opening = {}): Promise<LoadReply> {
    const remedy = this.options.restarts ? REMEDY : NO_RESTART;
    const spawned = spawnWorker(scriptFor(request.model), this.options.worker);
    const worker: Connection = new Connection(spawned, { remedy, onProgress, onOver: (reason) => this.lost(worker, reason) });
    this.starting.add(worker);
    try {
      const reply = await startModel(worker, request, { buffers, files: this.files, signal });
      if (this.files) this.files = { ...this.files, ...reply.files };
      this.attempts = 0;
      this.starting.delete(worker);
      this.ready.add(worker);
      this.calls.join(worker);
      this.calls.serve(worker);
      return reply;
    } catch (error) {
      this.starting.delete(worker);
      void worker.dispose();
      throw error;
    }
  }

  /** Starts one more worker if there are too few. */
  private grow(): void {
    const { ready, starting } = this.counts;
    if (this.over || ready + starting >= this.options.size || starting >= this.calls.waits) return;
    this.replace();
  }

  private replace(): void {
    if (!this.request) return;
    this.attempts += 1;
    this.start(this.request).catch((error: unknown) => {
      if (this.over || this.ready.size > 0 || this.starting.size > 0) return;
      if (this.attempts < MAX_ATTEMPTS) return this.replace();
      // Later calls try again.
      this.attempts = 0;
      this.calls.rejectWaiting(error);
    });
  }

  private lost(worker: Connection, reason: ReceptiveError): void {
    if (!this.ready.delete(worker)) return;
    this.calls.leave(worker);
    if (!this.options.restarts) this.calls.close(reason);
    if (this.over || !this.options.restarts || !(reason instanceof WorkerError)) return;
    this.replaced += 1;
    this.replace();
  }

  /** After a trap a worker answers, but cannot compute any more: it is replaced like one that has died. */
  private async examine(worker: Connection, error: unknown): Promise<void> {
    if (!(error instanceof ReceptiveError) || error.code !== 'engine' || worker.over) return;
    const usable = await worker.call((api) => api.usable()).catch(() => true);
    if (!usable) void worker.dispose(new WorkerError(`the worker has failed; ${REMEDY}`, { cause: error, hint: REMEDY }));
  }

  private sweepIdle(): void {
    const { idleTimeout } = this.options;
    if (idleTimeout === undefined || this.over) return;
    this.sweeping = setInterval(() => {
      const since = performance.now() - idleTimeout;
      const released = new DisposedError('the worker had nothing to do');
      for (const worker of [...this.calls.idleWorkers]) if (worker.idleSince <= since) void worker.dispose(released);
    }, Math.max(10, idleTimeout / 4));
    // In Node it does not keep the process; browsers have numbers here.
    if (typeof this.sweeping === 'object') this.sweeping.unref();
  }
}
