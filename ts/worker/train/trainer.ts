import { transfer } from 'comlink';
import type { Remote } from 'comlink';
import { disposedError } from '../../base/disposed.js';
import { DisposedError } from '../../base/errors.js';
import type { PlatformAbortSignal } from '../../base/globals.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { StoredTensor } from '../../formats/stored.js';
import type { Graph } from '../../graph/graph.js';
import type { InputShapes } from '../../session/inputs.js';
import { tensor } from '../../tensor/tensor.js';
import type { AugmentStep } from '../../train/augmented.js';
import type { Batch } from '../../train/batch.js';
import type { Dataset, DatasetStream } from '../../train/data/dataset.js';
import { seededRandom } from '../../train/data/random.js';
import { evaluateOn, isDataset } from '../../train/evaluate.js';
import type { DataEvaluation, EvaluateOptions } from '../../train/evaluate.js';
import { fitOn } from '../../train/fit.js';
import type { FitOptions, FitReport, FitTarget } from '../../train/fit.js';
import type { Evaluation, Gradient, StepReport } from '../../train/reports.js';
import { rateAt } from '../../train/schedules.js';
import type { Rate } from '../../train/schedules.js';
import type { TrainSummary } from '../../train/summary.js';
import type { ModelOptions } from '../../train/trainer.js';
import type { Variant } from '../../wasm/variant.js';
import type { Connection } from '../connection.js';
import { stopWatching, watchOver } from '../forgotten.js';
import type { Endable } from '../forgotten.js';
import { load } from '../load.js';
import type { Model } from '../model.js';
import { toPost } from './post.js';
import { askTrainer } from './protocol.js';
import type { TrainAnswer, TrainApi, TrainArgs, TrainReply } from './protocol.js';

/** What a call of a trainer takes besides its batch. */
export interface TrainCallOptions {
  /** Aborts the call: it rejects at once with an AbortedError. One that waits is never computed; one that has begun is finished, whole. */
  readonly signal?: PlatformAbortSignal | undefined;
  /** Hands the batch's buffers over instead of copying them; they are empty afterwards. Default false. */
  readonly transfer?: boolean | undefined;
}

const CALL_OPTIONS = optionNames<TrainCallOptions>({ signal: true, transfer: 'boolean' });

/** Made out here: a function of the constructor would hold the trainer, which then is never forgotten. */
function abandoning(connection: Connection<TrainApi>): Endable {
  return { abandon: () => void connection.dispose() };
}

/** Is aborted when nothing can be answered any more, with the reason. */
function lifeOf(connection: Connection<TrainApi>): AbortSignal {
  const life = new AbortController();
  connection.call(() => new Promise(() => undefined)).catch((reason: unknown) => life.abort(reason));
  return life.signal;
}

const one = (sent: Batch): [Batch] => [sent];

/** A network that learns in a worker of its own. Calls are answered in the order they are made; each rejects with a ReceptiveError. */
export class Trainer {
  /** How the kernels that run were compiled. */
  readonly variant: Variant;
  /** Threads that compute. */
  readonly threads: number;
  /** Why they are fewer than were wanted, if they are. */
  readonly threadsReason: string | undefined;
  private updates: number;
  private readonly target: FitTarget;
  private last: Promise<unknown> = Promise.resolve();
  private pending = 0;

  /** Made by `createTrainer`. @internal */
  constructor(
    private readonly connection: Connection<TrainApi>,
    private readonly network: Graph,
    private readonly rate: Rate,
    { variant, threads, threadsReason, steps, position, seed }: TrainReply,
  ) {
    this.variant = variant;
    this.threads = threads;
    this.threadsReason = threadsReason;
    this.updates = steps;
    this.target = {
      random: seededRandom(seed),
      position,
      // Copied: a data set of the caller's own may give the same memory again.
      step: (batch, how) => this.learn(batch, {}, how),
      judge: (batch) => this.post('judge', batch, {}, one),
      gradients: (batch) => this.post('gradients', batch, {}, one),
      ended: lifeOf(connection),
    };
    watchOver(this, abandoning(connection));
  }

  /** Updates so far, as the last step told. */
  get steps(): number {
    if (this.connection.over instanceof DisposedError) throw this.connection.over;
    return this.updates;
  }

  /**
   * Learns from a batch: forward, the loss, back, one update.
   * @throws ShapeError, DtypeError, ArgumentError for a batch that does not fit, naming what; EngineError for a loss or a gradient that is
   * not finite, naming the first parameter: parameters are then as before; AbortedError, DisposedError; WorkerError if the worker dies
   */
  step(batch: Batch, options: TrainCallOptions = {}): Promise<StepReport> {
    return this.learn(batch, options);
  }

  /**
   * Goes through a data set several times, and learns: see `FitOptions`. The examples are read on the calling thread, while the worker
   * computes; they are changed at random in the worker. Where a fit of the same data was left (by `break`, by a signal, or since the
   * trainer was resumed), this one goes on in the middle of its epoch.
   * @throws ArgumentError for options, empty data, or data in which a class is missing, at once; while it goes on what `step` throws
   */
  fit(dataset: Dataset | DatasetStream, options?: FitOptions): AsyncGenerator<FitReport, void, undefined> {
    return fitOn(this.target, dataset, options);
  }

  /**
   * Judges as at inference: of a batch loss, accuracy and output; of a data set loss, accuracy and confusion.
   * @throws as `step` for a batch that does not fit; ArgumentError for an option or empty data, AbortedError
   */
  evaluate(batch: Batch, options?: TrainCallOptions): Promise<Evaluation>;
  evaluate(dataset: Dataset | DatasetStream, options?: EvaluateOptions): Promise<DataEvaluation>;
  async evaluate(of: Batch | Dataset | DatasetStream, options: TrainCallOptions & EvaluateOptions = {}): Promise<Evaluation | DataEvaluation> {
    if (isDataset(of)) return evaluateOn(this.target, of, options);
    return this.post('evaluate', of, options, one);
  }

  /** The gradient of every parameter that learns, and its norm; nothing is changed. @throws as `step` for a batch that does not fit */
  gradients(batch: Batch, options: TrainCallOptions = {}): Promise<ReadonlyMap<string, Gradient>> {
    return this.post('gradients', batch, options, one);
  }

  /** All parameters as they are now, as `load` takes them in its option `weights`. */
  weights(): Promise<StoredTensor[]> {
    return this.inTurn((api) => askTrainer(api, 'weights', []));
  }

  /**
   * A safetensors file to go on from, the optimiser's state, the random numbers' and the fit's included. The option `weights` of
   * another trainer takes it, too, and that of `load`.
   */
  save(): Promise<Uint8Array> {
    return this.inTurn((api) => askTrainer(api, 'save', [this.target.position]));
  }

  /**
   * What a step keeps for the way back and why, and the memory that it needs; nothing is allocated.
   * @param inputShapes - of the batch, by name or of the one input: [N, C, H, W]. By default as declared, with a batch of 1
   * @throws ArgumentError, ShapeError for shapes that the network does not take
   */
  summary(inputShapes?: InputShapes): Promise<TrainSummary> {
    return this.inTurn((api) => askTrainer(api, 'summary', [inputShapes]));
  }

  /**
   * A model of what was learned so far, for inference: folded and packed as any other, in a worker of its own.
   * @throws what `load` throws
   */
  async model(options: ModelOptions = {}): Promise<Model> {
    const weights = Object.fromEntries((await this.weights()).map(({ name, shape, bytes }) => [name, tensor(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), shape)]));
    return load(this.network, { ...options, weights });
  }

  /** Ends the worker and resolves when everything is freed. Pending calls reject at once. What was learned is lost, unless it was saved. */
  dispose(): Promise<void> {
    stopWatching(this);
    return this.connection.dispose(disposedError('trainer'));
  }

  /** As `dispose`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  private async learn(batch: Batch, options: TrainCallOptions, how?: AugmentStep): Promise<StepReport> {
    const report = await this.post('step', batch, options, (sent): TrainArgs<'step'> => [sent, rateAt(this.rate, this.updates), how], ({ step }) => (this.updates = step));
    return report;
  }

  /** A call with a batch. @param args - made when its turn has come. @param told - its answer, also where nobody waits for that any more */
  private async post<Name extends 'step' | 'judge' | 'evaluate' | 'gradients'>(
    name: Name, batch: Batch, options: TrainCallOptions, args: (sent: Batch) => TrainArgs<Name>, told?: (answer: TrainAnswer<Name>) => void,
  ): Promise<TrainAnswer<Name>> {
    checkOptions(name, options, CALL_OPTIONS);
    if (typeof batch !== 'object' || batch === null) wrong(name, 'a batch { x, y }', showValue(batch));
    const { batch: sent, buffers } = toPost(batch, options.transfer === true);
    return this.inTurn(async (api) => {
      const answer = await askTrainer(api, name, transfer(args(sent), buffers));
      told?.(answer);
      return answer;
    }, options.signal);
  }

  /** One after the other, since the rate of a step follows from those before. A call that is aborted while it runs is waited for by the next. */
  private async inTurn<Result>(start: (api: Remote<TrainApi>) => Promise<Result>, signal?: PlatformAbortSignal): Promise<Result> {
    const before = this.last;
    let over: () => void = () => undefined;
    let begun = false;
    this.last = new Promise<void>((resolve) => (over = resolve));
    this.connection.hold(++this.pending > 0);
    try {
      await this.connection.call(() => before, signal);
      return await this.connection.call((api) => {
        begun = true;
        const answer = start(api);
        answer.then(over, over);
        return answer;
      }, signal);
    } catch (error) {
      if (!begun) before.then(over, over);
      throw error;
    } finally {
      this.connection.hold(--this.pending > 0);
    }
  }
}
