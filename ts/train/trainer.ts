import { ArgumentError, DisposedError, EngineError, WeightsError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { readSafetensors } from '../formats/safetensors.js';
import type { StoredTensor } from '../formats/stored.js';
import { widen } from '../formats/widen.js';
import type { Graph } from '../graph/graph.js';
import { concreteShapes } from '../program/shapes.js';
import { count } from '../tensor/shape.js';
import { augmented } from './augmented.js';
import type { AugmentStep } from './augmented.js';
import { inputsOf, targetsOf } from './batch.js';
import type { Batch, FedTarget } from './batch.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import type { Dataset, DatasetStream } from './data/dataset.js';
import { seededRandom } from './data/random.js';
import type { RandomSource } from './data/random.js';
import type { TrainEngine } from './engine.js';
import { Evaluating, evaluateOn } from './evaluate.js';
import type { DataEvaluation, EvaluateOptions } from './evaluate.js';
import { fitOn } from './fit.js';
import type { FitOptions, FitReport } from './fit.js';
import { judgedOf, targetOfCorrect } from './judged.js';
import type { Judged } from './judged.js';
import type { Loss, Losses } from './losses.js';
import type { Optimizer } from './optimizers.js';
import { START } from './position.js';
import type { Position } from './position.js';
import type { Evaluation, Gradient, StepReport } from './reports.js';
import { rateAt } from './schedules.js';
import { learns, TrainSession } from './session.js';
import type { Numbers, RunAnswer } from './session.js';

/** What a trainer is told. */
export interface TrainerOptions {
  /** What judges the outputs; of several the weighted sum. */
  readonly loss: Losses;
  /** How parameters follow their gradients. */
  readonly optimizer: Optimizer;
  /** Largest norm of all gradients together; by default any. */
  readonly clip?: number | undefined;
  /** Of initial weights and of dropout: a whole number. Default 0. */
  readonly seed?: number | bigint | undefined;
  /** Weights to begin with, as `load` takes them: tensors, or the bytes of a safetensors file. By default drawn by PyTorch's rules. */
  readonly weights?: Iterable<StoredTensor> | Uint8Array | undefined;
  /** Whether weights may lack some parameters, which then begin at random, and have others, which are left out. Default false. */
  readonly partial?: boolean | undefined;
  /** Which parameters learn. By default all. */
  readonly trainable?: ((name: string) => boolean) | undefined;
  /** What `save` gave: goes on as if it had never stopped. The network, losses and optimiser have to be the same. */
  readonly resume?: Uint8Array | undefined;
  /** Whether a step that is not finite is left out in place of throwing. Default false. */
  readonly skipNonFinite?: boolean | undefined;
}

export const TRAINER_OPTIONS = optionNames<TrainerOptions>({
  loss: true, optimizer: true, clip: true, seed: true, weights: true, partial: 'boolean', trainable: true, resume: true, skipNonFinite: 'boolean',
});

/** A network that learns on the calling thread. */
export class Trainer {
  /** How the kernels that run were compiled. */
  readonly variant: string;
  /** Random numbers of the seed: of the order of examples, and of augmentation. */
  readonly random: RandomSource;
  /** Where the fit stands. @internal */
  position: Position;
  private session: TrainSession | undefined;

  /** Made by `createTrainer`. @internal */
  constructor(
    engine: TrainEngine,
    private readonly network: Graph,
    private readonly options: TrainerOptions,
  ) {
    this.variant = engine.variant;
    const { session, position } = open(engine, network, options);
    this.session = session;
    this.position = position;
    this.random = seededRandom(session.options.seed);
  }

  /** Updates so far. */
  get steps(): number {
    return this.use().updates;
  }

  /**
   * Learns from a batch: forward, the loss, back, one update.
   * @throws ShapeError, DtypeError, ArgumentError for a batch that does not fit, naming what; EngineError for a loss or a gradient that is
   * not finite, naming the first parameter: parameters are then as before
   */
  step(batch: Batch): StepReport;
  /** @internal */
  step(batch: Batch, how: AugmentStep | undefined): StepReport;
  step(batch: Batch, how?: AugmentStep): StepReport {
    const session = this.use();
    const lr = rateAt(this.options.optimizer.lr, session.updates);
    const { inputs, targets } = this.numbers(session, augmented(batch, how && { classes: this.classes, ...how }, this.random));
    const answer = session.step(inputs, targets, lr);
    const skipped = answer.notFinite !== undefined || !Number.isFinite(answer.loss);
    if (skipped && this.options.skipNonFinite !== true) throw this.notFinite(answer, session.updates + 1);
    const { loss, losses, gradNorm = Number.NaN } = answer;
    return { loss, losses, accuracy: accuracyOf(answer, targetOfCorrect(session.options.losses, targets)), gradNorm, lr, step: session.updates, skipped };
  }

  /**
   * Goes through a data set several times, and learns: see `FitOptions`. Where a fit of the same data was left (by `break`, by a signal,
   * or since the trainer was resumed), this one goes on in the middle of its epoch.
   * @throws ArgumentError for options, empty data, or data in which a class is missing, at once; while it goes on what `step` throws, and
   *   AbortedError
   */
  fit(dataset: Dataset | DatasetStream, options?: FitOptions): AsyncGenerator<FitReport, void, undefined> {
    this.use();
    return fitOn(this, dataset, options);
  }

  /**
   * Judges as at inference: of a batch loss, accuracy and output at once; of a data set loss, accuracy and confusion.
   * @throws as `step` for a batch that does not fit; ArgumentError for an option or empty data, AbortedError
   */
  evaluate(batch: Batch): Evaluation;
  evaluate(dataset: Dataset | DatasetStream, options?: EvaluateOptions): Promise<DataEvaluation>;
  evaluate(of: Batch | Dataset | DatasetStream, options?: EvaluateOptions): Evaluation | Promise<DataEvaluation> {
    const session = this.use();
    if ('get' in of || 'batches' in of) return evaluateOn(this, of, options);
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
  gradients(batch: Batch): ReadonlyMap<string, Gradient> {
    const session = this.use();
    const { inputs, targets } = this.numbers(session, batch);
    const { gradients } = session.gradients(inputs, targets);
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

  /** A safetensors file to go on from, the optimiser's state and the random numbers' included. `load` takes its weights, too. */
  save(): Uint8Array {
    return writeCheckpoint(this.use(), this.position);
  }

  /** Frees the engine's memory. What was learned is lost, unless it was saved. */
  dispose(): void {
    this.session?.release();
    this.session = undefined;
  }

  /** As `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  private use(): TrainSession {
    if (this.session) return this.session;
    throw new DisposedError('the trainer was disposed');
  }

  /** How many classes the first output tells apart. */
  private get classes(): number | undefined {
    const { outputs, values } = this.network;
    return values[outputs[0]?.value ?? -1]?.shape[1] ?? undefined;
  }

  private judgeWithOutput(session: TrainSession, batch: Batch): { judged: Judged; output: Numbers } {
    const { inputs, targets } = this.numbers(session, batch);
    const answer = session.evaluate(inputs, targets);
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
    const what = notFinite === undefined ? `the loss is ${loss}` : `the gradient of ${notFinite} is not finite`;
    const hint = 'a smaller learning rate, clip, or finite data help; skipNonFinite leaves such steps out';
    return new EngineError(`step ${step}: ${what}; parameters are as before; ${hint}`, { place: notFinite ?? 'loss', expected: 'finite numbers', got: String(loss), hint });
  }
}

/** Of the first loss with classes: what counts is right. */
function accuracyOf({ correct }: RunAnswer, target: FedTarget | undefined): number | undefined {
  return correct === undefined || !target ? undefined : correct / target.counted;
}

function open(engine: TrainEngine, graph: Graph, options: TrainerOptions): { session: TrainSession; position: Position } {
  const { loss, optimizer, clip = 0, seed = 0, trainable = () => true } = options;
  const losses = Array.isArray(loss) ? (loss as readonly Loss[]) : [loss as Loss];
  if (losses.length === 0 || losses.some((one) => typeof one !== 'object' || one === null || !('kind' in one))) refuse('loss', 'a loss such as crossEntropy()', loss);
  for (const one of losses) expectOutput(graph, one);
  if (typeof optimizer !== 'object' || optimizer === null || !('update' in optimizer)) refuse('optimizer', 'an optimiser such as adamw({ lr: 1e-3 })', optimizer);
  if (!(typeof clip === 'number' && clip >= 0 && Number.isFinite(clip))) refuse('clip', 'a number from 0 on', clip);
  const whole = typeof seed === 'bigint' ? seed >= 0n : Number.isSafeInteger(seed) && seed >= 0;
  if (!whole) refuse('seed', 'a whole number from 0 on', seed);
  const names = graph.params.map(({ name }) => name).filter((name) => learns(name) && trainable(name));
  if (names.length === 0) refuse('trainable', 'at least one parameter that learns', 'none');
  const checkpoint = options.resume && readCheckpoint(options.resume);
  const weights = checkpoint ? ofCheckpoint(graph, checkpoint) : weightsOf(graph, options);
  const session = new TrainSession(engine, {
    graph, losses, optimizer, clip, seed: BigInt(checkpoint?.seed ?? seed), weights, trainable: new Set(names),
  });
  if (checkpoint) {
    for (const [name, { data }] of checkpoint.values) session.store.set(name, data);
    [session.updates, session.draws] = [checkpoint.updates, checkpoint.draws];
  }
  return { session, position: checkpoint?.position ?? START };
}

/** @throws ArgumentError for a loss of an output that the graph does not have, or that does not say which of several it judges */
function expectOutput({ outputs }: Graph, { output }: Loss): void {
  if (output === undefined ? outputs.length === 1 : outputs.some(({ name }) => name === output)) return;
  refuse('loss.output', `one of ${outputs.map(({ name }) => name).join(', ')}`, output);
}

function refuse(place: string, expected: string, value: unknown): never {
  const got = showValue(value);
  throw new ArgumentError(`createTrainer: ${place}: expected ${expected}, got ${got}`, { place, expected, got });
}

/** @throws WeightsError for a checkpoint of another network */
function ofCheckpoint(graph: Graph, { values }: Checkpoint): Map<string, Numbers> {
  return new Map(graph.params.map(({ name }) => {
    const numbers = values.get(name);
    if (numbers) return [name, numbers];
    throw new WeightsError(`resume: there is no ${name}: it was saved of another network`, { place: name, expected: name });
  }));
}

/** @throws WeightsError for a parameter that is missing, unless `partial`; with it, where none fits */
function weightsOf(graph: Graph, { weights, partial = false }: TrainerOptions): Map<string, Numbers> {
  if (weights === undefined) return new Map();
  const given = weights instanceof Uint8Array ? [...readSafetensors(weights, 'weights').tensors.values()] : [...weights];
  const fitting = given.filter(({ name }) => !partial || graph.params.some((param) => param.name === name));
  if (fitting.length === 0 && given[0]) {
    const expected = `names such as ${graph.params[0]?.name ?? 'none'}`;
    throw new WeightsError(`weights: expected ${expected}, got ${given[0].name}: none is a parameter of the network`, { place: 'weights', expected, got: given[0].name });
  }
  const found = new Map(fitting.map((stored) => [stored.name, { shape: stored.shape, data: widen(stored, 0, count(stored.shape)).slice() }]));
  const missing = graph.params.find(({ name }) => !found.has(name));
  if (!missing || partial) return found;
  const hint = 'partial: true lets it begin at random';
  throw new WeightsError(`weights: there is no ${missing.name}; ${hint}`, { place: missing.name, expected: missing.name, hint });
}

export function checkTrainerOptions(options: TrainerOptions): void {
  checkOptions('createTrainer', options, TRAINER_OPTIONS);
}
