import { ReceptiveError } from '../base/errors.js';
import { createPool } from '../worker/pool.js';
import type { Pool, PoolStats } from '../worker/pool.js';
import type { Task } from '../tasks/task.js';
import type { PhotoTimes } from '../tasks/look.js';
import { gainsByRows } from './batch/gain.js';
import { Gatherer } from './batch/gather.js';
import { rowsOf } from './batch/rows.js';
import type { Tensors } from './batch/rows.js';
import type { Deadline } from './deadline.js';
import { Line } from './line.js';
import type { ServiceModel, Settings } from './options.js';
import { refuse } from './refusal.js';
import { Counts } from './counts.js';
import type { Told } from './told.js';
import { warm } from './warm.js';

/** As the Open Inference Protocol names what a model of a repository is. */
export type ServedState = 'LOADING' | 'READY' | 'UNLOADING' | 'UNAVAILABLE';

/** An answer, with the times of its parts where they are known. */
interface Answered<Answer> {
  readonly answer: Answer;
  readonly ms?: PhotoTimes;
}

/** One version of a model, in workers of its own. */
export class Served {
  readonly name: string;
  readonly version: string;
  readonly counts = new Counts();
  readonly line: Line;
  /** Whether its workers have decoded a photo before they took requests. */
  decodes = false;
  /** Why it is not there, where loading failed. */
  reason = '';
  private now: ServedState = 'UNAVAILABLE';
  private workers: Pool | undefined;
  private gatherer: Gatherer | undefined;
  private users = 0;
  private readonly onUnused: (() => void)[] = [];

  constructor(
    private readonly model: ServiceModel,
    private readonly settings: Settings,
  ) {
    this.name = model.name;
    this.version = model.version ?? '1';
    this.line = new Line(this.name, model.size ?? settings.size, settings.maxQueue);
  }

  get state(): ServedState {
    return this.now;
  }

  /** The workers, also of one that is being replaced: it answers the requests that it has. @throws Refusal (503) where there are none */
  private get pool(): Pool {
    return this.workers ?? refuse(503, `model ${this.name}`, 'workers', 'none any more');
  }

  /** The workers, for a request that comes now. @throws Refusal (503) where it is not ready */
  ready(): Pool {
    const { workers, now } = this;
    if (workers && now === 'READY') return workers;
    return refuse(503, `model ${this.name}`, 'a model that is ready', now === 'UNAVAILABLE' ? 'one that is not loaded' : `one that is ${now.toLowerCase()}`);
  }

  /** The names of what it answers. @throws Refusal (503) where there are no workers */
  get outputs(): readonly string[] {
    return this.pool.outputs.map(({ name }) => name);
  }

  /** Undefined while there are no workers. */
  get workerStats(): PoolStats | undefined {
    return this.workers?.stats();
  }

  /** What the model is for, where its file says it. */
  get task(): Task | undefined {
    return this.workers?.task;
  }

  /** Why its workers pair no vectors, where that was wanted. */
  get wideReason(): string | undefined {
    return this.workers?.wideReason;
  }

  /** Whether it may be asked about photos: it takes one map. */
  get takesPhotos(): boolean {
    const [port, ...others] = this.workers?.inputs ?? [];
    return port !== undefined && others.length === 0 && (port.anyRank === true || port.shape.length >= 3);
  }

  /** A request that is to be answered by this model, from before its body is read: the workers are there as long. @returns ends that. @throws Refusal (503) where it is not ready */
  hold(): () => void {
    this.ready();
    this.users += 1;
    return () => {
      this.users -= 1;
      if (this.users === 0) for (const resolve of this.onUnused.splice(0)) resolve();
    };
  }

  /** Resolves when it takes requests. @throws what `createPool` throws */
  async open(): Promise<void> {
    this.now = 'LOADING';
    const { model, settings } = this;
    try {
      const pool = await createPool({
        model: model.model, size: this.line.width, maxQueue: this.line.width, retry: 1, idleTimeout: settings.idleTimeout, options: model.options,
      });
      this.workers = pool;
      if (model.options?.warmup !== false) this.decodes = await warm(pool, this.takesPhotos);
      const { batch } = settings;
      if (batch > 1 && (await gainsByRows(pool))) this.gatherer = new Gatherer(this.line, batch);
      this.now = 'READY';
    } catch (error) {
      // A message may name a path of this machine, which is nobody's business but the log's.
      this.reason = `it could not be loaded (${error instanceof ReceptiveError ? error.code : 'unknown'}); the log of the service says more`;
      this.now = 'UNAVAILABLE';
      await this.workers?.dispose();
      throw error;
    }
  }

  /** Has inputs computed when it is their turn: together with others that wait, where that was measured to be faster. */
  async infer(deadline: Deadline, told: Told, inputs: Tensors): Promise<Tensors> {
    const { gatherer, pool } = this;
    const rows = gatherer && rowsOf(pool.inputs, inputs);
    if (gatherer === undefined || rows === undefined) return this.answer(deadline, told, async (workers, signal) => ({ answer: await workers.run(inputs, { signal }) }));
    return this.counted(deadline, told, async (begun) => {
      const answer = await gatherer.answer(inputs, rows, deadline, (all, signal) => pool.run(all, { signal }), (beside) => {
        if (beside > 1) told.batch = beside;
        begun();
      });
      return { answer };
    });
  }

  /**
   * Has a question answered by a worker, when it is its turn.
   * @param ask - resolves with the answer, and with the times of its parts where they are known
   */
  answer<Answer>(deadline: Deadline, told: Told, ask: (pool: Pool, signal: AbortSignal) => Promise<Answered<Answer>>): Promise<Answer> {
    const { pool } = this;
    return this.counted(deadline, told, (begun) => this.line.pass(deadline, () => ask(pool, deadline.signal), begun));
  }

  /** Tells and counts how long it took. @param work - says when it has begun */
  private async counted<Answer>(deadline: Deadline, told: Told, work: (begun: () => void) => Promise<Answered<Answer>>): Promise<Answer> {
    const came = performance.now();
    let began = came;
    try {
      const { answer, ms } = await work(() => (began = performance.now()));
      told.queue = began - came;
      told.run = ms?.run ?? performance.now() - began;
      if (ms) Object.assign(told, { decode: ms.decode, preprocess: ms.preprocess });
      this.counts.succeeded(told);
      return answer;
    } catch (error) {
      this.counts.failed(performance.now() - came);
      throw deadline.explain(error);
    }
  }

  /** Takes no more requests, answers those that it has, and ends. */
  async end(): Promise<void> {
    if (this.now === 'READY') this.now = 'UNLOADING';
    if (this.users > 0) await new Promise<void>((resolve) => this.onUnused.push(resolve));
    await this.stop();
  }

  /** Ends at once: what is computed is lost. */
  async stop(): Promise<void> {
    this.now = 'UNAVAILABLE';
    const { workers } = this;
    this.workers = undefined;
    await workers?.dispose();
  }
}
