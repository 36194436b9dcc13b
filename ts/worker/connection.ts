import { releaseProxy, wrap } from 'comlink';
import type { Remote } from 'comlink';
import { disposedError } from '../base/disposed.js';
import { AbortedError, ArgumentError, WorkerError } from '../base/errors.js';
import type { ReceptiveError } from '../base/errors.js';
import { failure, mismatch } from '../base/wrong.js';
import { throwIfAborted } from '../bytes/response.js';
import { carryErrors } from './errors-across.js';
import { isLifeline, isProgress } from './protocol.js';
import type { WorkerApi } from './protocol.js';
import { sharingObstacle } from './spawn.platform.js';
import type { SpawnedWorker } from './spawned.js';
import { typedIfUnsendable } from './unsendable.js';

let errorsCarried = false;

/** How long to wait for the worker's own error before a dead helper is reported instead. */
const LAST_WORDS_MS = 100;
/** A worker that starts a thread answers within milliseconds, unless the browser never starts it: Firefox may, when it is driven. */
const SILENCE_MS = 60_000;

/** What every worker answers. */
interface Answering {
  /** Whether the engine can go on: it cannot after a trap. */
  usable(): boolean;
}

export interface ConnectionOptions {
  /** What to do when the worker has died. */
  readonly remedy?: string;
  /** What is in the worker, and how it is had again. */
  readonly words?: { readonly holds: string; readonly again: string; readonly fewer: string } | undefined;
  readonly onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
  /** Told once when the worker cannot answer any more. */
  readonly onOver?: ((reason: ReceptiveError) => void) | undefined;
}

const MODEL = { holds: 'the model', again: 'load the model again', fewer: 'load the model with threads: 1' };

/**
 * A worker and the calls that wait for it. comlink leaves calls to a dead worker pending for ever; here every one of them
 * rejects when the worker dies, is disposed of, or the call is aborted.
 */
export class Connection<Api extends Answering = WorkerApi> {
  /** Memory shared with the worker, where the number of a call to be interrupted is left; none where nothing can be shared. */
  readonly interrupts: Int32Array | undefined;
  /** When it was last given up by a call, in ms; see Dispatcher. */
  idleSince = 0;
  private readonly api: Remote<Api>;
  private readonly waiting = new Set<(reason: ReceptiveError) => void>();
  private readonly lifelines: MessagePort[] = [];
  private reason: ReceptiveError | undefined;
  private ended: Promise<unknown> | undefined;

  constructor(
    private readonly worker: SpawnedWorker,
    private readonly options: ConnectionOptions = {},
  ) {
    if (!errorsCarried) carryErrors();
    errorsCarried = true;
    this.interrupts = sharingObstacle() === undefined ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
    const { words = MODEL, remedy = words.again, onProgress } = options;
    worker.onDeath((reason, cause, hint = remedy) => {
      const what = hint === remedy ? 'the worker has died' : 'the worker could not be started';
      this.close(failure(undefined, `${what}`, reason, { as: WorkerError, hint, cause }));
    });
    worker.endpoint.addEventListener('message', (event) => {
      const { data } = event as MessageEvent<unknown>;
      if (isProgress(data) && !this.reason) this.tell(onProgress, data.receptiveProgress);
      if (isLifeline(data)) this.watch(data.receptiveLifeline);
    });
    this.api = wrap<Api>(worker.endpoint);
  }

  /** A listener that throws ends what it listens to: nobody else would hear of it. */
  private tell(onProgress: ((bytes: number, total: number | undefined) => void) | undefined, progress: readonly [number, number | undefined]): void {
    try {
      onProgress?.(...progress);
    } catch (cause) {
      this.close(new ArgumentError(`onProgress: it threw (${String(cause)})`, { place: 'onProgress', cause }));
    }
  }

  /** Why no call will be answered any more. */
  get over(): ReceptiveError | undefined {
    return this.reason;
  }

  /** Starts a call and settles with it, or with what ends the connection or aborts the call before. */
  async call<Result>(start: (api: Remote<Api>) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (this.reason) throw this.reason;
    throwIfAborted(signal);
    let reject: (reason: ReceptiveError) => void = () => undefined;
    const abort = (): void => reject(new AbortedError('aborted', { cause: signal?.reason as unknown }));
    try {
      return await new Promise<Result>((resolve, rejectCall) => {
        reject = rejectCall;
        this.waiting.add(reject);
        signal?.addEventListener('abort', abort, { once: true });
        start(this.api).then(resolve, (error: unknown) => rejectCall(typedIfUnsendable(error) as Error));
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      this.waiting.delete(reject);
    }
  }

  /** Tells the worker that nobody waits for this call any more: it stops at the next step. Without shared memory it goes on. */
  interrupt(call: number): void {
    if (this.interrupts) Atomics.store(this.interrupts, 0, call);
  }

  /** Whether the worker keeps the process from exiting (Node). */
  hold(held: boolean): void {
    if (!this.reason) this.worker.hold(held);
  }

  /** Ends the worker; calls that wait, and later ones, reject at once. Resolves when its memory is free. */
  async dispose(reason: ReceptiveError = disposedError('model')): Promise<void> {
    this.close(reason);
    await this.ended;
  }

  /**
   * Ends the worker when a helper that served has died: it may wait for what that one was doing. Browsers whose
   * ports do not tell that they close leave it waiting, until the model is disposed of or the call aborted.
   */
  private watch(lifeline: MessagePort): void {
    const { holds, again } = this.options.words ?? MODEL;
    let served = false;
    this.lifelines.push(lifeline);
    lifeline.addEventListener('message', () => (served = true));
    lifeline.addEventListener('close', () => {
      const reason = mismatch(undefined, `all threads of ${holds} to live`, 'a dead thread', { as: WorkerError, hint: again });
      if (served && !this.reason) setTimeout(() => this.close(reason), LAST_WORDS_MS);
    });
    lifeline.start();
    // Node's ports keep the process.
    (lifeline as MessagePort & { unref?: () => void }).unref?.();
    this.expectAnswer();
  }

  /** Ends a worker that starts a thread and does not come back from that. It is asked anything: an error is an answer too. */
  private expectAnswer(): void {
    const { fewer: hint } = this.options.words ?? MODEL;
    const late = setTimeout(() => this.close(new WorkerError(`a thread does not start; ${hint}`, { hint })), SILENCE_MS);
    const heard = (): void => clearTimeout(late);
    this.call((api) => api.usable()).then(heard, heard);
  }

  private close(reason: ReceptiveError): void {
    if (this.reason) return;
    this.reason = reason;
    this.ended = this.worker.terminate();
    // An open port keeps Deno's process, whose ports cannot be told not to.
    for (const lifeline of this.lifelines) lifeline.close();
    for (const reject of [...this.waiting]) reject(reason);
    // comlink would hold the worker until the proxy is collected, and the worker holds us, who hold the proxy.
    this.api[releaseProxy]();
    this.options.onOver?.(reason);
  }
}
