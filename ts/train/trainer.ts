import { ArgumentError, DisposedError, EngineError, WeightsError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { readSafetensors } from '../formats/safetensors.js';
import type { StoredTensor } from '../formats/stored.js';
import { widen } from '../formats/widen.js';
import type { Graph } from '../graph/graph.js';
import { concreteShapes } from '../program/shapes.js';
import { count } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { inputsOf, targetsOf } from './batch.js';
import type { Batch } from './batch.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import type { TrainEngine } from './engine.js';
import type { Loss, Losses } from './losses.js';
import type { Optimizer } from './optimizers.js';
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
  /** Whether weights may lack some parameters, which then begin at random. Default false. */
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

/** What a step did. */
export interface StepReport {
  /** The weighted sum of the losses, before the update. */
  readonly loss: number;
  /** Each loss by itself. */
  readonly losses: readonly number[];
  /** Part of the examples, or pixels, whose largest output is the target's; where targets are classes. */
  readonly accuracy: number | undefined;
  /** Norm of all gradients together, before clipping. */
  readonly gradNorm: number;
  /** The learning rate. */
  readonly lr: number;
  /** Updates so far, this one included. */
  readonly step: number;
  /** Whether it was left out, since something was not finite. */
  readonly skipped: boolean;
}

/** How good a network is on a batch, as at inference. */
export interface Evaluation {
  /** The weighted sum of the losses. */
  readonly loss: number;
  /** Part of the examples, or pixels, that are right; where targets are classes. */
  readonly accuracy: number | undefined;
  /** What the network gives. */
  readonly output: Tensor;
}

/** A gradient, and its norm. */
export interface Gradient extends Tensor {
  /** Root of the sum of squares. */
  readonly norm: number;
}

/** A network that learns on the calling thread. */
export class Trainer {
  /** How the kernels that run were compiled. */
  readonly variant: string;
  private session: TrainSession | undefined;

  /** Made by `createTrainer`. @internal */
  constructor(
    engine: TrainEngine,
    private readonly network: Graph,
    private readonly options: TrainerOptions,
  ) {
    this.variant = engine.variant;
    this.session = open(engine, network, options);
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
  step(batch: Batch): StepReport {
    const session = this.use();
    const lr = rateAt(this.options.optimizer.lr, session.updates);
    const { inputs, targets } = this.numbers(session, batch);
    const answer = session.step(inputs, targets, lr);
    const skipped = answer.notFinite !== undefined || !Number.isFinite(answer.loss);
    if (skipped && this.options.skipNonFinite !== true) throw this.notFinite(answer, session.updates + 1);
    const { loss, losses, gradNorm = Number.NaN } = answer;
    return { loss, losses, accuracy: accuracyOf(answer, targets), gradNorm, lr, step: session.updates, skipped };
  }

  /** Loss, accuracy and output of a batch, as at inference. @throws as `step` for a batch that does not fit */
  evaluate(batch: Batch): Evaluation {
    const session = this.use();
    const { inputs, targets } = this.numbers(session, batch);
    const answer = session.evaluate(inputs, targets);
    return { loss: answer.loss, accuracy: accuracyOf(answer, targets), output: { dtype: 'float32', ...answer.output } };
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
    return writeCheckpoint(this.use());
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

  private numbers(session: TrainSession, { x, y }: Batch): { inputs: Numbers[]; targets: Numbers[] } {
    const inputs = inputsOf(this.network, x);
    const shapes = concreteShapes(this.network, session.inputShapes(inputs));
    const shapeOf = (loss: Loss): readonly number[] => {
      const { outputs } = this.network;
      const output = outputs.find(({ name }) => name === loss.output) ?? outputs[0];
      return shapes[output?.value ?? -1] ?? [];
    };
    const wanted = (loss: Loss): readonly number[] => (loss.kind === 'crossEntropy' ? [shapeOf(loss)[0] ?? 1, ...shapeOf(loss).slice(2)] : shapeOf(loss));
    return { inputs, targets: targetsOf(session.options.losses, y, (loss) => shapeOf(loss)[1] ?? 1, wanted) };
  }

  private notFinite({ notFinite, loss }: RunAnswer, step: number): EngineError {
    const what = notFinite === undefined ? `the loss is ${loss}` : `the gradient of ${notFinite} is not finite`;
    const hint = 'a smaller learning rate, clip, or finite data help; skipNonFinite leaves such steps out';
    return new EngineError(`step ${step}: ${what}; parameters are as before; ${hint}`, { place: notFinite ?? 'loss', expected: 'finite numbers', got: String(loss), hint });
  }
}

/** Of the first loss with classes: what counts is right. */
function accuracyOf({ correct }: RunAnswer, [target]: readonly Numbers[]): number | undefined {
  return correct === undefined || !target ? undefined : correct / target.data.length;
}

function open(engine: TrainEngine, graph: Graph, options: TrainerOptions): TrainSession {
  const { loss, optimizer, clip = 0, seed = 0, trainable = () => true } = options;
  const losses = Array.isArray(loss) ? (loss as readonly Loss[]) : [loss as Loss];
  if (losses.length === 0 || losses.some((one) => typeof one !== 'object' || one === null || !('kind' in one))) refuse('loss', 'a loss such as crossEntropy()', loss);
  for (const one of losses) expectOutput(graph, one);
  if (!isOptimizer(optimizer)) refuse('optimizer', 'an optimiser such as adamw({ lr: 1e-3 })', optimizer);
  if (!(typeof clip === 'number' && clip >= 0 && Number.isFinite(clip))) refuse('clip', 'a number from 0 on', clip);
  const whole = typeof seed === 'bigint' ? seed >= 0n : Number.isSafeInteger(seed) && seed >= 0;
  if (!whole) refuse('seed', 'a whole number from 0 on', seed);
  if (typeof trainable !== 'function') refuse('trainable', 'a function of the name of a parameter', trainable);
  const names = graph.params.map(({ name }) => name).filter((name) => learns(name) && trainable(name));
  if (names.length === 0) refuse('trainable', 'at least one parameter that learns', 'none');
  if (options.resume !== undefined && !(options.resume instanceof Uint8Array)) refuse('resume', 'the bytes of a checkpoint', options.resume);
  const checkpoint = options.resume && readCheckpoint(options.resume);
  const weights = checkpoint ? ofCheckpoint(graph, checkpoint) : weightsOf(graph, options);
  const session = new TrainSession(engine, {
    graph, losses, optimizer, clip, seed: BigInt(checkpoint?.seed ?? seed), weights, trainable: new Set(names),
  });
  if (checkpoint) {
    for (const [name, { data }] of checkpoint.values) session.store.set(name, data);
    [session.updates, session.draws] = [checkpoint.updates, checkpoint.draws];
  }
  return session;
}

/** @throws ArgumentError for a loss of an output that the graph does not have, or that does not say which of several it judges */
function expectOutput({ outputs }: Graph, { output }: Loss): void {
  if (output === undefined ? outputs.length === 1 : outputs.some(({ name }) => name === output)) return;
  refuse('loss.output', `one of ${outputs.map(({ name }) => name).join(', ')}`, output);
}

const isOptimizer = (value: unknown): value is Optimizer =>
  typeof value === 'object' && value !== null && 'lr' in value && 'update' in value && ['sgd', 'adam', 'rmsprop'].includes((value.update as Partial<Optimizer['update']> | null)?.kind ?? '');

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

/** @throws ArgumentError for what is no list of tensors with names and bytes */
function storedOf(weights: Iterable<StoredTensor>): StoredTensor[] {
  const iterable = typeof weights === 'object' && weights !== null && Symbol.iterator in weights;
  const all: unknown[] = iterable ? [...weights] : refuse('weights', 'tensors, or the bytes of a safetensors file', weights);
  const isStored = (one: unknown): one is StoredTensor => typeof one === 'object' && one !== null && 'name' in one && 'shape' in one && Array.isArray(one.shape) && 'bytes' in one && one.bytes instanceof Uint8Array;
  return all.map((one) => (isStored(one) ? one : refuse('weights', 'tensors with name, dtype, shape and bytes', one)));
}

/** @throws WeightsError for a parameter that is missing, unless `partial` */
function weightsOf(graph: Graph, { weights, partial = false }: TrainerOptions): Map<string, Numbers> {
  if (weights === undefined) return new Map();
  const given = weights instanceof Uint8Array ? [...readSafetensors(weights, 'weights').tensors.values()] : storedOf(weights);
  const found = new Map(given.map((stored) => [stored.name, { shape: stored.shape, data: widen(stored, 0, count(stored.shape)).slice() }]));
  const missing = graph.params.find(({ name }) => !found.has(name));
  if (!missing || partial) return found;
  const hint = 'partial: true lets it begin at random';
  throw new WeightsError(`weights: there is no ${missing.name}; ${hint}`, { place: missing.name, expected: missing.name, hint });
}

export function checkTrainerOptions(options: TrainerOptions): void {
  if (options === undefined) refuse('options', 'loss and optimizer', options);
  checkOptions('createTrainer', options, TRAINER_OPTIONS);
}
