import { WeightsError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import type { KnownOptions } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { Graph } from '../graph/graph.js';
import { expectCheckpoint, readCheckpoint } from './checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import type { TrainEngine } from './engine.js';
import { initBy } from './inits.js';
import type { InitOption } from './inits.js';
import type { Loss, Losses } from './loss.js';
import { stateSlots } from './optimizers.js';
import type { Optimizer } from './optimizers.js';
import { START } from './position.js';
import type { Position } from './position.js';
import { learns, TrainSession } from './session.js';
import type { Numbers, SessionOptions } from './session.js';
import { expectWeights, numbersIn, tensorsIn } from './weights.js';
import type { WeightsGiven } from './weights.js';

/** What a trainer is told. */
export interface TrainerOptions {
  /** What judges the outputs; of several the weighted sum. */
  readonly loss: Losses;
  /** How parameters follow their gradients. */
  readonly optimizer: Optimizer;
  /** Largest norm of all gradients together, above which they are scaled down to it (Pascanu et al. 2013, arXiv 1211.5063). Default 0: any. */
  readonly clip?: number | undefined;
  /** Batches whose gradients, their mean, make one update, from 1 on. Default 1. */
  readonly accumulate?: number | undefined;
  /** Of initial weights, of dropout, of the order of examples and of augmentation: a whole number from 0 on, a bigint below 2^64. Default 0. */
  readonly seed?: number | bigint | undefined;
  /** Weights to begin with: tensors by name, what `weights()` gave, or the bytes of a safetensors file. By default drawn by PyTorch's rules. */
  readonly weights?: WeightsGiven | undefined;
  /** How parameters begin that `weights` does not give. By default as PyTorch's layers do. */
  readonly init?: InitOption | undefined;
  /** Whether weights may lack some parameters, which then begin at random, and have others, which are left out. Default false. */
  readonly partial?: boolean | undefined;
  /** Which parameters learn. By default all. */
  readonly trainable?: ((name: string) => boolean) | undefined;
  /** What `save` gave: goes on as if it had never stopped. The network, losses and optimiser have to be the same. */
  readonly resume?: Uint8Array | undefined;
  /** Whether a step that is not finite is left out in place of throwing. Default false. */
  readonly skipNonFinite?: boolean | undefined;
}

const TRAINER_OPTIONS = optionNames<TrainerOptions>({
  loss: true, optimizer: true, clip: true, accumulate: true, seed: true, weights: true, init: true, partial: 'boolean', trainable: true, resume: true,
  skipNonFinite: 'boolean',
});

/**
 * Options of a trainer, checked: also such as are missing altogether.
 * @param others - options that are taken besides, whose values are checked where they are used
 * @throws ArgumentError naming the option
 */
export function checkTrainerOptions(options: TrainerOptions, others: KnownOptions = {}): void {
  const given: unknown = options;
  if (given === undefined) refuse('options', 'loss and optimizer', given);
  checkOptions('createTrainer', options, { ...TRAINER_OPTIONS, ...others });
  if (options.weights !== undefined) expectWeights(options.weights);
  const { loss, optimizer, clip = 0, seed = 0, accumulate = 1, init, resume, trainable = () => true } = options;
  const losses = listOf(loss);
  if (losses.length === 0 || losses.some((one) => typeof one !== 'object' || one === null || !('kind' in one))) refuse('loss', 'a loss such as crossEntropy()', loss);
  if (!isOptimizer(optimizer)) refuse('optimizer', 'an optimiser such as adamw({ lr: 1e-3 })', optimizer);
  if (!(typeof clip === 'number' && clip >= 0 && Number.isFinite(clip))) refuse('clip', 'a number from 0 on', clip);
  if (!(Number.isSafeInteger(accumulate) && accumulate >= 1)) refuse('accumulate', 'a whole number from 1 on', accumulate);
  const whole = typeof seed === 'bigint' ? seed >= 0n && seed < 1n << 64n : Number.isSafeInteger(seed) && seed >= 0;
  if (!whole) wrong('createTrainer: seed', 'a whole number from 0 on, below 2^64', typeof seed === 'bigint' ? String(seed) : showValue(seed));
  if (typeof trainable !== 'function') refuse('trainable', 'a function that tells by the name of a parameter', trainable);
  if (resume !== undefined && !(resume instanceof Uint8Array)) refuse('resume', 'the bytes of a checkpoint', resume);
  if (init !== undefined && typeof init !== 'function' && !(typeof init === 'object' && 'kind' in init)) refuse('init', 'a rule such as kaimingNormal(), or a function that gives one', init);
}

const isOptimizer = (value: unknown): value is Optimizer =>
  typeof value === 'object' && value !== null && 'lr' in value && 'groups' in value && 'update' in value && ['sgd', 'adam', 'rmsprop'].includes((value.update as Partial<Optimizer['update']> | null)?.kind ?? '');

const listOf = (loss: Losses): readonly Loss[] => (Array.isArray(loss) ? (loss as readonly Loss[]) : [loss as Loss]);

/** What a trainer begins with. */
export interface Begun {
  readonly session: TrainSession;
  readonly position: Position;
}

/**
 * Begins a session by its options, or goes on with one.
 * @throws ArgumentError for options that do not fit the network; WeightsError, FormatError for weights or a checkpoint of another one
 */
export function begun(engine: TrainEngine, graph: Graph, options: TrainerOptions): Begun {
  checkTrainerOptions(options);
  const { loss, optimizer, clip = 0, seed = 0, accumulate = 1, init, trainable = () => true } = options;
  const losses = listOf(loss);
  for (const one of losses) expectOutput(graph, one);
  const learning = graph.params.filter(({ name }) => learns(name) && trainable(name));
  if (learning.length === 0) refuse('trainable', 'at least one parameter that learns', 'none');
  const checkpoint = options.resume && readCheckpoint(options.resume);
  const weights = checkpoint ? ofCheckpoint(graph, checkpoint, optimizer) : weightsOf(graph, options);
  const session = new TrainSession(engine, {
    graph, losses, optimizer, clip, accumulate, weights,
    seed: BigInt(checkpoint?.seed ?? seed),
    inits: initsOf(graph, init),
    trainable: new Set(learning.map(({ name }) => name)),
  });
  if (checkpoint) restore(session, checkpoint);
  return { session, position: checkpoint?.position ?? START };
}

function initsOf({ params }: Graph, init: InitOption | undefined): SessionOptions['inits'] {
  return new Map(params.filter(({ name }) => learns(name)).flatMap(({ name, shape }) => {
    const rule = initBy(init, name, shape);
    return rule ? [[name, rule]] : [];
  }));
}

/** What a checkpoint has beside the parameters. */
function restore(session: TrainSession, { values, updates, draws, summed }: Checkpoint): void {
  for (const [name, { data }] of values) session.store.set(name, data);
  [session.updates, session.draws, session.summed] = [updates, draws, summed];
}

/** @throws ArgumentError for a loss of an output that the graph does not have, or that does not say which of several it judges */
function expectOutput({ outputs }: Graph, { output, computed }: Loss): void {
  for (const name of [computed?.target, computed?.weights]) {
    if (name !== undefined && !outputs.some((one) => one.name === name)) refuse('loss.target', `one of ${outputs.map((one) => one.name).join(', ')}`, name);
  }
  if (output === undefined ? outputs.length === 1 : outputs.some(({ name }) => name === output)) return;
  refuse('loss.output', `one of ${outputs.map(({ name }) => name).join(', ')}`, output);
}

function refuse(place: string, expected: string, value: unknown): never {
  const got = showValue(value);
  wrong(`createTrainer: ${place}`, expected, got);
}

/** @throws WeightsError, ArgumentError for a checkpoint of another network or optimiser */
function ofCheckpoint(graph: Graph, checkpoint: Checkpoint, { update }: Optimizer): Map<string, Numbers> {
  expectCheckpoint(checkpoint, graph, update, stateSlots(update));
  return new Map(graph.params.map(({ name }) => [name, checkpoint.values.get(name)!]));
}

/** @throws WeightsError where no name fits; for a parameter that is missing, unless `partial` */
function weightsOf({ params }: Graph, { weights, partial = false }: TrainerOptions): Map<string, Numbers> {
  if (weights === undefined) return new Map();
  const given = tensorsIn(weights);
  const known = new Set(params.map(({ name }) => name));
  const fitting = given.filter(({ name }) => known.has(name));
  if (fitting.length === 0) noneFits(params[0]?.name ?? 'none', given[0]?.name);
  const found = new Map((partial ? fitting : given).map((stored) => [stored.name, numbersIn(stored)]));
  const missing = params.find(({ name }) => !found.has(name));
  if (!missing || partial) return found;
  const hint = 'partial: true lets it begin at random';
  wrong(`weights: ${missing.name}`, 'a tensor of this name', 'none', { as: WeightsError, hint });
}

function noneFits(wanted: string, given: string | undefined): never {
  const hint = given === undefined ? 'leave the option out to begin at random' : 'none of the names is a parameter of the network';
  const [expected, got] = [`names such as ${wanted}`, given ?? 'no tensor'];
  wrong('weights', expected, got, { as: WeightsError, hint });
}
