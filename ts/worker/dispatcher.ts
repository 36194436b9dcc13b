import type { Remote } from 'comlink';
import { AbortedError, OverloadedError, WorkerError } from '../base/errors.js';
import type { ReceptiveError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { throwIfAborted } from '../bytes/response.js';
import type { Connection } from './connection.js';
import type { WorkerApi } from './protocol.js';
import { typedIfUnsendable } from './unsendable.js';

/**
 * What a call does in a worker.
 * @param call - its number where it may be interrupted, else 0: then it runs in one go
 */
export type Start<Result> = (api: Remote<WorkerApi>, call: number) => Promise<Result>;

interface Job {
  readonly start: Start<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
  readonly call: number;
  /** How often it may start again when its worker dies. */
  retries: number;
  worker: Connection | undefined;
  settled: boolean;
  /** Stops listening to the signal. */
  unwatch?: () => void;
}

export interface DispatcherOptions {
  /** Calls that may wait; the running ones do not count. */
  readonly maxQueue: number;
  /** Workers still to be started; that many calls may wait beyond `maxQueue`. */
  readonly absent?: (() => number) | undefined;
  /** How often a call starts again whose worker died. Default 0. */
  readonly retry?: number | undefined;
  /** Told when a call has to wait. */
  readonly onWait?: (() => void) | undefined;
  /** Told when a call failed, before its worker is given another. */
  readonly onFailure?: ((worker: Connection, error: unknown) => void | Promise<void>) | undefined;
}

/**
 * Hands calls to workers in the order they came: each worker has one at a time, whichever is free takes the next. A call that
 * waits is on this side of the boundary, so aborting it costs nothing, and how many wait is known and bounded.
 */
export class Dispatcher {
  private readonly waiting = new Set<Job>();
  private readonly again: Job[] = [];
  private readonly members = new Set<Connection>();
  private readonly idle: Connection[] = [];
  private readonly unsettled = new Set<Job>();
  private readonly watched = new WeakMap<AbortSignal, Set<() => void>>();
  private calls = 0;
  private over: ReceptiveError | undefined;
  private onIdle: (() => void) | undefined;

  constructor(private readonly options: DispatcherOptions) {}

  /** Calls that have not been answered: those that run and those that wait. */
  get pending(): number {
    return this.unsettled.size;
  }

  /** Workers with nothing to do. */
  get idleWorkers(): readonly Connection[] {
    return this.idle;
  }

  /** A worker that may not take calls yet, but keeps the process alive while some wait. */
  join(worker: Connection): void {
    this.members.add(worker);
    worker.hold(this.unsettled.size > 0);
  }

  /** The worker takes calls from now on. */
  serve(worker: Connection): void {
    if (!this.over && !worker.over) this.next(worker);
  }

  /** The worker takes no calls any more. */
  leave(worker: Connection): void {
    this.members.delete(worker);
    const index = this.idle.indexOf(worker);
    if (index >= 0) this.idle.splice(index, 1);
  }

  /**
   * Does the call as soon as a worker is free for it.
   * @param prepare - makes what the call sends; now, so that the caller may change its inputs afterwards. Told whether the call
   *   will wait
   * @throws OverloadedError where too many wait already; AbortedError; what `prepare` throws
   */
  async call<Result>(prepare: (waits: boolean) => Start<Result>, signal?: AbortSignal): Promise<Result> {
    if (this.over) throw this.over;
    throwIfAborted(signal);
    const worker = this.idle.pop();
    if (!worker) this.expectRoom();
    let start: Start<Result>;
    try {
      start = prepare(worker === undefined);
    } catch (error) {
      if (worker) this.idle.push(worker);
      throw typedIfUnsendable(error);
    }
    return new Promise<Result>((resolve, reject) => {
      const call = signal ? this.number() : 0;
      const job: Job = { start, resolve, reject, call, retries: this.options.retry ?? 0, worker: undefined, settled: false };
      if (signal) this.watch(job, signal);
      if (this.unsettled.add(job).size === 1) this.hold(true);
      if (worker) this.begin(job, worker);
      else {
        this.waiting.add(job);
        this.options.onWait?.();
      }
    });
  }

  /** Calls that wait. */
  get waits(): number {
    return this.waiting.size + this.again.length;
  }

  /** Rejects the calls that wait. */
  rejectWaiting(reason: unknown): void {
    const jobs = [...this.again.splice(0), ...this.waiting];
    this.waiting.clear();
    for (const job of jobs) this.settle(job, () => job.reject(reason));
  }

  /** Rejects all calls, and later ones. */
  close(reason: ReceptiveError): void {
    if (this.over) return;
    this.over = reason;
    this.waiting.clear();
    this.again.length = 0;
    for (const job of [...this.unsettled]) this.settle(job, () => job.reject(reason));
  }

  /** Calls back once nothing is pending: at once, or after the last answer. */
  whenIdle(then: () => void): void {
    if (this.unsettled.size === 0) then();
    else this.onIdle = then;
  }

  private expectRoom(): void {
    const { maxQueue, absent } = this.options;
    const waits = this.waiting.size;
    if (waits < maxQueue + (absent?.() ?? 0)) return;
    const hint = 'wait for some of the calls before making more, or raise maxQueue';
    wrong('maxQueue', `at most ${maxQueue} waiting calls`, String(waits + 1), { as: OverloadedError, hint });
  }

  private watch(job: Job, signal: AbortSignal): void {
    const abort = (): void => this.abort(job, signal.reason);
    const watched = this.watched.get(signal) ?? this.listen(signal);
    watched.add(abort);
    job.unwatch = () => void watched.delete(abort);
  }

  /** One listener for a signal, however many calls share it: Node warns of more than ten. */
  private listen(signal: AbortSignal): Set<() => void> {
    const watched = new Set<() => void>();
    this.watched.set(signal, watched);
    signal.addEventListener('abort', () => [...watched].forEach((abort) => abort()), { once: true });
    return watched;
  }

  private abort(job: Job, cause: unknown): void {
    this.waiting.delete(job);
    job.worker?.interrupt(job.call);
    this.settle(job, () => job.reject(new AbortedError('aborted', { cause })));
  }

  /** Numbers of calls as they fit into the shared word; 0 is none. */
  private number(): number {
    this.calls = (this.calls % 0x7fff_ffff) + 1;
    return this.calls;
  }

  private begin(job: Job, worker: Connection): void {
    job.worker = worker;
    worker.call((api) => job.start(api, job.call)).then(
      (value) => {
        this.settle(job, () => job.resolve(value as never));
        this.next(worker);
      },
      (error: unknown) => void this.failed(job, worker, error),
    );
  }

  private async failed(job: Job, worker: Connection, error: unknown): Promise<void> {
    const died = worker.over !== undefined && worker.over === error && error instanceof WorkerError;
    if (died && job.retries > 0 && !job.settled && !this.over) {
      job.retries -= 1;
      job.worker = undefined;
      this.again.push(job);
      const free = this.idle.pop();
      if (free) this.next(free);
      else this.options.onWait?.();
      return;
    }
    this.settle(job, () => job.reject(error));
    const heard = this.options.onFailure?.(worker, error);
    if (heard) await heard;
    this.next(worker);
  }

  private next(worker: Connection): void {
    if (worker.over || !this.members.has(worker)) return;
    const job = this.take();
    if (job) return this.begin(job, worker);
    worker.idleSince = performance.now();
    this.idle.push(worker);
  }

  private take(): Job | undefined {
    for (let job = this.again.shift(); job; job = this.again.shift()) if (!job.settled) return job;
    const [first] = this.waiting;
    if (first) this.waiting.delete(first);
    return first;
  }

  private settle(job: Job, how: () => void): void {
    if (job.settled) return;
    job.settled = true;
    job.unwatch?.();
    this.unsettled.delete(job);
    if (this.unsettled.size === 0) this.hold(false);
    how();
    if (this.unsettled.size === 0) this.onIdle?.();
  }

  private hold(held: boolean): void {
    for (const worker of this.members) worker.hold(held);
  }
}
