import { ArgumentError, ShapeError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { Lru } from '../base/lru.js';
import { showShape } from '../base/show.js';
import { HYPER_DRAW, HYPER_FIRST, HYPER_RATES, HYPER_SEED, HYPER_STEP } from '../contract/train/limits.js';
import type { Graph } from '../graph/graph.js';
import type { Init } from '../graph/rule.js';
import { initialValues } from './begin.js';
import type { TrainEngine } from './engine.js';
import { foldedValues, foldFrozen } from './fold.js';
import { followingsOf } from './groups.js';
import type { Followings } from './groups.js';
import type { Loss } from './loss.js';
import { withinMemory } from './room.js';
import type { Optimizer } from './optimizers.js';
import { expectShape, trainProgram } from './program.js';
import type { TrainPort, TrainProgram, Wanted } from './program.js';
import { rulesOf } from './nodes.js';
import { Store } from './store.js';
import type { Compiled } from './store.js';

/** A tensor of float32, as it crosses into the session. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a session learns, and by what. */
export interface SessionOptions {
  readonly graph: Graph;
  readonly losses: readonly Loss[];
  readonly optimizer: Optimizer;
  readonly clip: number;
  /** Batches whose gradients make one update. Default 1. */
  readonly accumulate?: number;
  readonly seed: bigint;
  readonly trainable: ReadonlySet<string>;
  /** How parameters begin that have no weights, by name; of others their layers decide. */
  readonly inits?: ReadonlyMap<string, Init>;
  /** Parameters that do not begin at random, by name. */
  readonly weights: ReadonlyMap<string, Numbers>;
}

/** What one run of the program answered. */
export interface RunAnswer {
  /** The weighted sum of all losses. */
  readonly loss: number;
  /** Each loss by itself. */
  readonly losses: readonly number[];
  /** Rows whose largest output is where the target says, of the first loss whose targets are classes. */
  readonly correct: number | undefined;
  /** Norm of all gradients together, before clipping. */
  readonly gradNorm: number | undefined;
  /** Name of the first parameter whose gradient is not finite. */
  readonly notFinite: string | undefined;
}

/** What a run in training answered, and did. */
export interface StepAnswer extends RunAnswer {
  /** Whether loss and gradients are finite: nothing has changed otherwise. */
  readonly finite: boolean;
  /** Whether parameters followed their gradients. */
  readonly updated: boolean;
}

/** What a program is for. */
export type Mode = 'train' | 'evaluate' | 'gradients';

interface Ready {
  readonly program: TrainProgram;
  readonly compiled: Compiled;
}

/** Programs that are kept: shapes of batches, in training and in evaluation. Each has memory of its own for all that it computes. */
const KEPT_PROGRAMS = 8;

const ROLE = /running_(mean|var)$/;

/** Whether a parameter can follow a gradient: running statistics follow the batches. */
export function learns(name: string): boolean {
  return !ROLE.test(name);
}

/**
 * A network that learns on the calling thread: its programs by the shapes of their inputs, and what they keep.
 */
export class TrainSession {
  readonly store: Store;
  /** Updates so far. */
  updates = 0;
  /** Runs in training so far: they tell the masks of dropout apart. */
  draws = 0;
  /** Runs whose gradients were summed up since the last update. */
  summed = 0;
  private readonly programs: Lru<Ready>;
  /** The graph as it runs: what is frozen is folded. */
  private readonly network: Graph;
  private readonly follow: Followings;
  private readonly accumulate: number;

  /** @throws UnsupportedError naming a layer that has no gradient; WeightsError for weights that do not fit; ArgumentError for a group without parameters */
  constructor(
    readonly engine: TrainEngine,
    readonly options: SessionOptions,
  ) {
    this.store = new Store(engine);
    this.programs = new Lru(KEPT_PROGRAMS, ({ compiled }) => {
      this.store.leave(compiled);
      engine.release(compiled.id);
    });
    const { graph, optimizer, trainable, accumulate = 1 } = options;
    rulesOf(graph);
    this.follow = followingsOf(optimizer, graph.params.filter(({ name }) => trainable.has(name)));
    this.accumulate = accumulate;
    for (const [name, data] of initialValues(engine, options)) this.store.set(name, data);
    const { graph: network, folds } = foldFrozen(graph, trainable);
    this.network = network;
    for (const fold of folds) {
      const { weight, bias } = foldedValues(fold, (name) => this.store.get(name));
      this.store.set(fold.names.weight, weight);
      this.store.set(fold.names.bias, bias);
    }
  }

  /**
   * One run in training: forward and back; then, unless something was not finite, an update, or before that the sum of the gradients of
   * as many runs as make one.
   */
  step(inputs: readonly Numbers[], targets: readonly Numbers[], rate: number): StepAnswer {
    const ready = this.ready('train', inputs);
    const { program, compiled } = ready;
    this.feed(ready, inputs, targets, rate);
    this.store.bring(compiled);
    this.engine.runSteps(compiled.id, 0, program.updateFrom);
    const answer = this.answer(ready);
    if (answer.notFinite !== undefined || !Number.isFinite(answer.loss)) return { ...answer, finite: false, updated: false };
    this.engine.runSteps(compiled.id, program.updateFrom, program.sumsFrom);
    this.draws++;
    this.store.changed(compiled);
    this.summed++;
    if (this.summed < this.accumulate) return { ...answer, finite: true, updated: false };
    this.summed = 0;
    if (program.followFrom === program.sumsFrom) return { ...answer, ...this.update(ready, answer) };
    this.engine.runSteps(compiled.id, program.sumsFrom, program.followFrom);
    return { ...answer, ...this.update(ready, this.answer(ready, 'summed norms')) };
  }

  /** The update, unless a gradient is not finite. */
  private update({ program, compiled }: Ready, { gradNorm, notFinite }: RunAnswer): Pick<StepAnswer, 'gradNorm' | 'notFinite' | 'finite' | 'updated'> {
    const finite = notFinite === undefined;
    if (finite) {
      this.engine.runSteps(compiled.id, program.followFrom, program.steps.length);
      this.updates++;
    }
    return { gradNorm, notFinite, finite, updated: finite };
  }

  /** Loss and outputs as at inference. */
  evaluate(inputs: readonly Numbers[], targets: readonly Numbers[]): RunAnswer & { readonly output: Numbers } {
    const ready = this.ready('evaluate', inputs);
    this.run(ready, inputs, targets);
    return { ...this.answer(ready), output: this.copy(ready, 'output') };
  }

  /** The gradient of every trainable parameter; nothing is changed. */
  gradients(inputs: readonly Numbers[], targets: readonly Numbers[]): { readonly answer: RunAnswer; readonly gradients: Map<string, Numbers> } {
    const ready = this.ready('gradients', inputs);
    this.run(ready, inputs, targets);
    const prefix = 'gradient ';
    const names = ready.program.answers.map(({ name }) => name).filter((name) => name.startsWith(prefix));
    return { answer: this.answer(ready), gradients: new Map(names.map((name) => [name.slice(prefix.length), this.copy(ready, name)])) };
  }

  /** The newest value of a parameter, or of the optimiser's state. */
  value(name: string): Float32Array {
    return this.store.get(name);
  }

  /** Releases all programs; what was learned stays. */
  release(): void {
    this.programs.clear();
  }

  private run(ready: Ready, inputs: readonly Numbers[], targets: readonly Numbers[]): void {
    this.feed(ready, inputs, targets, 0);
    this.store.bring(ready.compiled);
    this.engine.runSteps(ready.compiled.id, 0, ready.program.steps.length);
  }

  /** The program of a kind of run. @throws ShapeError for shapes that the graph does not take */
  program(mode: Mode, inputShapes: readonly (readonly number[])[]): TrainProgram {
    const { losses, optimizer, clip, trainable } = this.options;
    const { network: graph, follow, accumulate } = this;
    const common = { graph, losses, inputShapes };
    const wanted: Record<Mode, Wanted> = {
      train: { ...common, trainable, training: true, update: { of: optimizer.update, clip, follow, accumulate } },
      evaluate: { ...common, trainable: new Set(), training: false },
      gradients: { ...common, trainable, training: true, gradients: true },
    };
    return trainProgram(wanted[mode]);
  }

  private ready(mode: Mode, inputs: readonly Numbers[]): Ready {
    const key = `${mode} ${inputs.map(({ shape }) => showShape(shape)).join(' ')}`;
    return this.programs.get(key, () => this.compile(mode, inputs));
  }

  /** @throws EngineError where there is no room for it, not even without all others */
  private compile(mode: Mode, inputs: readonly Numbers[]): Ready {
    const { losses } = this.options;
    const shapes = this.inputShapes(inputs);
    const program = this.program(mode, shapes);
    const id = withinMemory(this.engine, program, shapes, {
      smaller: (fewer) => this.program(mode, fewer),
      makeRoom: () => this.programs.drop(),
    });
    const compiled = { id, keptFrom: program.fed.length, kept: program.kept.map(({ name }) => name) };
    losses.forEach((loss, i) => {
      if (loss.kind === 'crossEntropy' && loss.classWeights) this.store.set(`${placeOf(losses, i)}: classWeights`, Float32Array.from(loss.classWeights));
    });
    return { program, compiled };
  }

  /** Shapes in the order of the inputs. @throws ShapeError for one that the graph does not take */
  inputShapes(inputs: readonly Pick<Numbers, 'shape'>[]): (readonly number[])[] {
    const { graph } = this.options;
    return graph.inputs.map(({ name, value }, i) => {
      const shape = inputs[i]?.shape;
      if (!shape) throw new ArgumentError(`${name}: no input was given`, { place: name });
      const declared = graph.values[value]?.shape ?? [];
      const fits = declared.length === shape.length && declared.every((dim, at) => dim === null || dim === shape[at]);
      if (fits) return shape;
      wrong(name, showShape(declared), showShape(shape), { as: ShapeError });
    });
  }

  private feed({ program, compiled }: Ready, inputs: readonly Numbers[], targets: readonly Numbers[], rate: number): void {
    const given = [...inputs, undefined, ...targets];
    program.fed.forEach(({ name, shape }, i) => {
      if (name === 'hyper') return this.engine.input(compiled.id, i).set(this.hyper(rate).subarray(0, shape[0]));
      const numbers = given[i];
      if (!numbers) throw new ArgumentError(`${name}: nothing was given`, { place: name });
      expectShape(name, numbers.shape, shape);
      this.engine.input(compiled.id, i).set(numbers.data);
    });
  }

  /** What changes from run to run; see the limits of the contract. */
  private hyper(rate: number): Float32Array {
    const { scales } = this.follow;
    const hyper = new Float32Array(HYPER_RATES + scales.length);
    hyper[HYPER_STEP] = this.updates + 1;
    for (let i = 0; i < 4; i++) hyper[HYPER_SEED + i] = Number((this.options.seed >> BigInt(16 * i)) & 0xffffn);
    hyper[HYPER_DRAW] = this.draws & 0xffff;
    hyper[HYPER_DRAW + 1] = this.draws >>> 16;
    hyper[HYPER_FIRST] = Number(this.summed === 0);
    scales.forEach((scale, i) => (hyper[HYPER_RATES + i] = rate * scale));
    return hyper;
  }

  private answer(ready: Ready, of = 'norms'): RunAnswer {
    const { losses } = this.options;
    const each = losses.map((_, i) => this.number(ready, placeOf(losses, i))!);
    const at = losses.findIndex(({ kind, computed }) => kind === 'crossEntropy' && !computed);
    const norms = this.view(ready, of);
    return {
      loss: each.reduce((sum, loss, i) => sum + loss * losses[i]!.weight, 0),
      losses: each,
      correct: at < 0 ? undefined : this.number(ready, `${placeOf(losses, at)}: correct`),
      gradNorm: norms?.[0],
      notFinite: norms && norms[1]! >= 0 ? ready.program.measured[norms[1]!] : undefined,
    };
  }

  private view({ program, compiled }: Ready, name: string): Float32Array | undefined {
    const at = program.answers.findIndex((port) => port.name === name);
    return at < 0 ? undefined : this.engine.output(compiled.id, program.kept.length + at);
  }

  private number(ready: Ready, name: string): number | undefined {
    return this.view(ready, name)?.[0];
  }

  private copy(ready: Ready, name: string): Numbers {
    const port = ready.program.answers.find((answer) => answer.name === name) as TrainPort;
    return { shape: port.shape, data: this.view(ready, name)!.slice() };
  }
}

/** The name of a loss's answers. */
export function placeOf(losses: readonly Loss[], i: number): string {
  return losses.length > 1 ? `loss ${i + 1}` : 'loss';
}
