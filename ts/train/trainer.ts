import { disposedError } from '../base/disposed.js';
import { EngineError, UnsupportedError } from '../base/errors.js';
import { mismatch } from '../base/wrong.js';
import type { PlatformAbortSignal } from '../base/globals.js';
import { checkOptions, optionNames } from '../base/options.js';
import { throwIfAborted } from '../bytes/response.js';
import type { StoredTensor } from '../formats/stored.js';
import type { Graph } from '../graph/graph.js';
import type { InlineModel } from '../model/inline-model.js';
import type { LoadOptions } from '../model/load-options.js';
import { concreteShapes } from '../program/shapes.js';
import { shapesByName } from '../session/inputs.js';
import type { InputShapes } from '../session/inputs.js';
import type { Tensor } from '../tensor/tensor.js';
import { augmented } from './augmented.js';
import type { AugmentStep } from './augmented.js';
import { expectBatch, expectCounting, fedNumbers, inputsOf, targetsOf } from './batch.js';
import type { Batch, FedTarget } from './batch.js';
import { writeCheckpoint } from './checkpoint.js';
import type { Dataset, DatasetStream } from './data/dataset.js';
import { seededRandom } from './data/random.js';
import type { RandomSource } from './data/random.js';
import type { TrainEngine } from './engine.js';
import { Evaluating, evaluateOn } from './evaluate.js';
import type { DataEvaluation, EvaluateOptions } from './evaluate.js';
import { fitOn } from './fit.js';
import type { FitOptions, FitReport, FitTarget } from './fit.js';
import { judgedOf, targetOfCorrect } from './judged.js';
import type { Judged } from './judged.js';
import type { Loss } from './loss.js';
import type { Position } from './position.js';
import type { Evaluation, Gradient, StepReport } from './reports.js';
import { rateAt } from './schedules.js';
import type { Numbers, RunAnswer, TrainSession } from './session.js';
import { summaryOf } from './summary.js';
import type { TrainSummary } from './summary.js';
import { begun } from './setup.js';
import type { TrainerOptions } from './setup.js';

/** What a model of the learned network is told: as `load`, but for the weights. */
export type ModelOptions = Omit<LoadOptions, 'weights'>;

/** Opens a model on the calling thread. */
export type OpenModel = (graph: Graph, options: LoadOptions) => Promise<InlineModel>;

/** What a call takes besides its batch: what that of a trainer in a worker takes. */
export interface TrainCallOptions {
  /** Aborts: the call throws an AbortedError where it has been aborted before. */
  readonly signal?: PlatformAbortSignal | undefined;
  /** Of no effect: on the calling thread nothing is handed over. */
  readonly transfer?: boolean | undefined;
}

const CALL_OPTIONS = optionNames<TrainCallOptions>({ signal: true, transfer: 'boolean' });

function checkCall(name: string, options: TrainCallOptions): void {
  checkOptions(name, options, CALL_OPTIONS);
  throwIfAborted(options.signal);
}


/** A network that learns on the calling thread. After `dispose` its calls throw a DisposedError. */
export class Trainer {
  /** How the kernels that run were compiled. */
  readonly variant: string;
  /** Random numbers of the seed: of the order of examples, and of augmentation. */
  readonly random: RandomSource;
  /** As given, or of what it was resumed from. @internal */
  readonly seed: bigint;
  /** Where the fit stands. @internal */
  position: Position;
  /** What fits work on, one at a time. @internal */
  readonly target: FitTarget;
  private session: TrainSession | undefined;
  private readonly life = new AbortController();

  /** Made by `createTrainer`. `open`: absent where models are opened elsewhere, as beside a worker. @internal */
  constructor(
    engine: TrainEngine,
    private readonly network: Graph,
    private readonly options: TrainerOptions,
    private readonly open?: OpenModel,
  ) {
    this.variant = engine.variant;
    const { session, position } = begun(engine, network, options);
    this.session = session;
    this.position = position;
    this.seed = session.options.seed;
    this.random = seededRandom(this.seed);
    const calls = {
      random: this.random,
      ended: this.life.signal,
      step: (batch: Batch, how?: AugmentStep) => this.learn(batch, how),
      judge: (batch: Batch) => this.judge(batch),
      gradients: (batch: Batch) => this.gradients(batch),
    };
    this.target = Object.defineProperty(calls, 'position', {
      get: () => this.position, set: (at: Position) => (this.position = at),
    }) as typeof calls & FitTarget;
  }

  /** Updates so far. */
  get steps(): number {
    return this.use().updates;
  }

  /**
   * Learns from a batch: forward, the loss, back, one update.
   * @throws ShapeError, DtypeError, ArgumentError for a batch that does not fit, naming what; EngineError for a loss or a gradient that is
   * not finite, naming the first parameter: parameters are then as before; ArgumentError for an option; AbortedError
   */
  step(batch: Batch, options: TrainCallOptions = {}): StepReport {
    checkCall('step', options);
    return this.learn(batch);
  }

  /** A step. @param how - the batch is changed at random before @internal */
  learn(batch: Batch, how?: AugmentStep): StepReport {
    const session = this.use();
    const lr = rateAt(this.options.optimizer.lr, session.updates);
    expectBatch(batch);
    const { inputs, targets } = this.numbers(session, augmented(batch, how && { classes: this.classes, ...how }, this.random));
    targets.forEach(expectCounting);
    const answer = session.step(inputs, fedNumbers(targets), lr);
    const { loss, losses, gradNorm = Number.NaN, finite, updated } = answer;
    if (!finite && this.options.skipNonFinite !== true) throw this.notFinite(answer, session.updates + 1);
    const accuracy = accuracyOf(answer, targetOfCorrect(session.options.losses, targets));
    return { loss, losses, accuracy, gradNorm, lr, step: session.updates, updated, skipped: !finite };
  }

  /**
   * Goes through a data set several times, and learns: see `FitOptions`. Where a fit of the same data was left (by `break`, by a signal,
   * or since the trainer was resumed), this one goes on in the middle of its epoch.
   * @throws ArgumentError for options, empty data, or data in which a class is missing, at once; while it goes on what `step` throws, and
   *   AbortedError
   */
  fit(dataset: Dataset | DatasetStream, options?: FitOptions): AsyncGenerator<FitReport, void, undefined> {
    this.use();
    return fitOn(this.target, dataset, options);
  }

  /**
   * Judges as at inference: of a batch loss, accuracy and output at once; of a data set loss, accuracy and confusion.
   * @throws as `step` for a batch that does not fit; ArgumentError for an option or empty data, AbortedError
   */
  evaluate(batch: Batch, options?: TrainCallOptions): Evaluation;
  evaluate(dataset: Dataset | DatasetStream, options?: EvaluateOptions): Promise<DataEvaluation>;
  evaluate(of: Batch | Dataset | DatasetStream, options: EvaluateOptions & TrainCallOptions = {}): Evaluation | Promise<DataEvaluation> {
    const session = this.use();
    expectBatch(of);
    if ('get' in of || 'batches' in of) return evaluateOn(this.target, of, options);
    checkCall('evaluate', options);
    const { judged, output } = this.judgeWithOutput(session, of);
    const sums = new Evaluating();
    sums.add(judged);
    const { loss, accuracy, confusion } = sums.result();
    return { loss, accuracy, confusion, output: { dtype: 'float32', ...output } };
  }

  /** What a batch adds to an evaluation. @internal */
  judge(batch: Batch): Judged {
    return this.judgeWithOutput(this.use(), batch).judged;
  }

  /** The gradient of every parameter that learns, and its norm; nothing is changed. @throws as `step` for a batch that does not fit */
  gradients(batch: Batch, options: TrainCallOptions = {}): ReadonlyMap<string, Gradient> {
    checkCall('gradients', options);
    const session = this.use();
    expectBatch(batch);
    const { inputs, targets } = this.numbers(session, batch);
    const { gradients } = session.gradients(inputs, fedNumbers(targets));
    const withNorm = ([name, { shape, data }]: [string, Numbers]) => {
      const norm = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
      return [name, { dtype: 'float32', shape, data, norm }] as [string, Gradient];
    };
    return new Map([...gradients].map(withNorm));
  }

  /** All parameters as they are now, as `load` takes them in its option `weights`. */
  weights(): StoredTensor[] {
    const session = this.use();
    return this.network.params.map(({ name, shape }) => {
      const data = session.value(name);
      return { name, dtype: 'F32', shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
    });
  }

  /**
   * What a step keeps for the way back and why, and the memory that it needs; nothing is allocated.
   * @param inputShapes - of the batch, by name or of the one input: [N, C, H, W]. By default as declared, with a batch of 1
   * @throws ArgumentError, ShapeError for shapes that the network does not take
   */
  summary(inputShapes?: InputShapes): TrainSummary {
    const session = this.use();
    const { graph, trainable } = session.options;
    const ports = graph.inputs.map(({ name, value }) => ({ name, shape: graph.values[value]?.shape ?? [] }));
    const named = inputShapes && shapesByName(ports.map((port) => ({ ...port, dtype: 'float32' })), inputShapes);
    const shapes = ports.map(({ name, shape }) => named?.[name] ?? shape.map((dim) => dim ?? 1));
    return summaryOf(graph, session.program('train', session.inputShapes(shapes.map((shape) => ({ shape })))), trainable);
  }

  /**
   * A model for inference of what was learned until now: folded, packed and run as any other, and disposed of by itself. The trainer goes
   * on learning, the model stays as it is.
   * @throws what `load` of `receptive/inline` throws
   */
  model(options: ModelOptions = {}): Promise<InlineModel> {
    const session = this.use();
    if (!this.open) throw new UnsupportedError('model: nothing here opens models', { place: 'model' });
    const tensorOf = (name: string, shape: readonly number[]): Tensor => ({ dtype: 'float32', shape, data: session.value(name) });
    return this.open(this.network, { ...options, weights: Object.fromEntries(this.network.params.map(({ name, shape }) => [name, tensorOf(name, shape)])) });
  }

  /**
   * A safetensors file to go on from, the state of the optimiser, of the random numbers and of the fit included. The option `weights` of
   * another trainer takes it, too, and that of `load`.
   */
  save(): Uint8Array {
    return writeCheckpoint(this.use(), this.position);
  }

  /** Frees the engine's memory. What was learned is lost, unless it was saved. */
  dispose(): void {
    this.session?.release();
    this.session = undefined;
    this.life.abort(disposedError('trainer'));
  }

  /** As `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  private use(): TrainSession {
    if (this.session) return this.session;
    throw disposedError('trainer');
  }

  /** How many classes the first output tells apart. */
  private get classes(): number | undefined {
    const { outputs, values } = this.network;
    return values[outputs[0]?.value ?? -1]?.shape[1] ?? undefined;
  }

  private judgeWithOutput(session: TrainSession, batch: Batch): { judged: Judged; output: Numbers } {
    const { inputs, targets } = this.numbers(session, batch);
    const answer = session.evaluate(inputs, fedNumbers(targets));
    return { judged: judgedOf(session.options.losses, targets, answer, answer.output), output: answer.output };
  }

  private numbers(session: TrainSession, { x, y }: Batch): { inputs: Numbers[]; targets: FedTarget[] } {
    const inputs = inputsOf(this.network, x);
    const shapes = concreteShapes(this.network, session.inputShapes(inputs));
    const { outputs } = this.network;
    const shapeOf = ({ output }: Loss): readonly number[] => shapes[(outputs.find(({ name }) => name === output) ?? outputs[0])?.value ?? -1] ?? [];
    return { inputs, targets: targetsOf(session.options.losses.map((loss) => ({ loss, shape: shapeOf(loss) })), y) };
  }

  private notFinite({ notFinite, loss }: RunAnswer, step: number): EngineError {
    const expected = notFinite === undefined ? 'a finite loss' : `a finite gradient of ${notFinite}`;
    const got = notFinite === undefined ? String(loss) : 'one that is not finite';
    const hint = 'parameters are as before; a smaller learning rate, clip, or finite data help; skipNonFinite leaves such steps out';
    return mismatch(`step ${step}`, expected, got, { as: EngineError, hint });
  }
}

/** Of the first loss with classes: what counts is right. */
function accuracyOf({ correct }: RunAnswer, target: FedTarget | undefined): number | undefined {
  return correct === undefined || !target ? undefined : correct / target.counted;
}

