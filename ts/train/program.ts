import { ShapeError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showShape } from '../base/show.js';
import { HYPER_RATES } from '../contract/train/limits.js';
import * as steps from '../contract/train/steps.js';
import type { Step } from '../contract/word.js';
import type { Graph, NamedValue, Node } from '../graph/graph.js';
import { count } from '../graph/op.js';
import type { Placed } from '../graph/op.js';
import { concreteShapes } from '../program/shapes.js';
import { learningNodes } from './frontier.js';
import type { Followings } from './groups.js';
import { lossSteps, targetShape, weightsShape } from './loss-steps.js';
import type { LossInputs } from './loss-steps.js';
import { takesClasses } from './loss.js';
import type { Loss } from './loss.js';
import { Nodes } from './nodes.js';
import { stateSlots } from './optimizers.js';
import type { Update } from './optimizers.js';
import { STATE, SUM } from './state-names.js';
import { Tape } from './tape.js';
import type { Phase, TapeStep } from './tape.js';

/** A parameter and its gradient. */
interface Found {
  readonly name: string;
  readonly grad: Placed;
}

/** What a program is to do. */
export interface Wanted {
  readonly graph: Graph;
  /** In the order of the graph's inputs. */
  readonly inputShapes: readonly (readonly number[])[];
  /** Names of the parameters whose gradients are wanted. */
  readonly trainable: ReadonlySet<string>;
  /** Whether the nodes with trainable parameters, and those behind them, run as in training: BatchNorm, dropout. */
  readonly training: boolean;
  /** What judges the outputs; where it is missing, the gradients of the outputs are given from outside. */
  readonly losses?: readonly Loss[] | undefined;
  /** Whether the gradients for the inputs are wanted as well. */
  readonly inputGradients?: boolean;
  /** How parameters follow their gradients; where it is missing, they stay. */
  readonly update?: UpdateWanted | undefined;
  /** Whether the gradients are answered. */
  readonly gradients?: boolean;
}

export interface UpdateWanted {
  readonly of: Update;
  /** The largest norm of all gradients together; 0 for any. */
  readonly clip: number;
  /** Rate and weight decay of each parameter, and how many rates there are. */
  readonly follow: Followings;
  /** How many runs are summed up before an update; 1 for an update in each run. */
  readonly accumulate: number;
}

/** A value at the surface of a program, row-major. */
export interface TrainPort {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A program that learns, as words and ports: inputs and outputs by their place. */
export interface TrainProgram {
  readonly lens: readonly number[];
  readonly steps: readonly TapeStep[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Inputs first by kind: what is fed, then what is kept from run to run. */
  readonly fed: readonly TrainPort[];
  /** Parameters, running statistics and the optimiser's state: each an input and an output. */
  readonly kept: readonly TrainPort[];
  /** What a run answers, behind what is kept. */
  readonly answers: readonly TrainPort[];
  /** Names of the parameters whose gradients' norms are told, in their order behind the first two numbers of `norms`. */
  readonly measured: readonly string[];
  /** The first step that changes what is kept: running statistics, sums of gradients, parameters. */
  readonly updateFrom: number;
  /** The first step that looks at sums of gradients, which only the last of their runs does. */
  readonly sumsFrom: number;
  /** The first step by which a parameter follows. */
  readonly followFrom: number;
}

/**
 * Writes a program: forward, the loss, back, norms, then the update.
 * @throws UnsupportedError naming a layer that has no gradient; ShapeError or GeometryError naming one that cannot be computed
 */
export function trainProgram(wanted: Wanted): TrainProgram {
  return new Builder(wanted).build();
}

class Builder {
  private readonly tape = new Tape();
  private readonly fed: [TrainPort, Placed][] = [];
  private readonly kept: [TrainPort, Placed][] = [];
  private readonly answers: [TrainPort, Placed][] = [];
  private readonly params = new Map<string, Placed>();
  private readonly shapes: readonly (readonly number[])[];
  private readonly later: { readonly layer: string; readonly step: Step }[] = [];

  constructor(private readonly wanted: Wanted) {
    this.shapes = concreteShapes(wanted.graph, wanted.inputShapes);
  }

  build(): TrainProgram {
    const { graph, losses } = this.wanted;
    const inputs = graph.inputs.map(({ name, value }) => this.feed(name, this.shapes[value] ?? []));
    const hyper = this.feed('hyper', [HYPER_RATES + (this.wanted.update?.follow.scales.length ?? 1)]);
    for (const { name, shape } of graph.params) this.params.set(name, this.keep(name, shape));
    for (const name of this.wanted.trainable) this.tape.want(this.params.get(name)!);
    if (this.wanted.inputGradients) inputs.forEach((input) => this.tape.want(input));
    const nodes = new Nodes(graph, {
      tape: this.tape, hyper: hyper.id, params: this.params, later: this.later, shapes: this.shapes, training: this.trainedNodes(),
    });
    graph.inputs.forEach(({ value }, i) => nodes.input(value, inputs[i]!));
    nodes.forward();
    if (losses) this.judge(nodes, losses);
    else this.upstream(nodes);
    this.tape.back();
    if (this.wanted.inputGradients) graph.inputs.forEach(({ name }, i) => this.answerGradient(name, inputs[i]!));
    return this.finish(hyper);
  }

  /** Nodes that have a trainable parameter or lie behind one: the others run as at inference. */
  private trainedNodes(): (node: Node) => boolean {
    const { graph, trainable, training } = this.wanted;
    if (!training) return () => false;
    // Without parameters of its own, or before the first trainable one, dropout still drops where everything is trained.
    if (graph.params.every(({ name }) => trainable.has(name) || /running_(mean|var)$/.test(name))) return () => true;
    const nodes = learningNodes(graph, trainable);
    return (node) => nodes.has(node);
  }

  private feed(name: string, shape: readonly number[]): Placed {
    const placed = this.tape.value(shape, 'plain');
    this.fed.push([{ name, shape }, placed]);
    return placed;
  }

  private keep(name: string, shape: readonly number[]): Placed {
    const placed = this.tape.value(shape, 'plain');
    this.kept.push([{ name, shape }, placed]);
    return placed;
  }

  private answer(name: string, placed: Placed): void {
    this.answers.push([{ name, shape: placed.shape }, placed]);
  }

  /** Losses, and the outputs as they are. */
  private judge(nodes: Nodes, losses: readonly Loss[]): void {
    losses.forEach((loss, i) => {
      const place = losses.length > 1 ? `loss ${i + 1}` : 'loss';
      const output = this.output(loss.output, place);
      this.tape.at(place, 'forward');
      const x = nodes.take(output.value, takesClasses(loss) || loss.kind === 'softCrossEntropy' ? 'nhwc' : 'plain');
      const { target, weights } = this.targetOf(nodes, loss, x, place);
      const classWeights = loss.kind === 'crossEntropy' && loss.classWeights ? this.keep(`${place}: classWeights`, [loss.classWeights.length]) : undefined;
      const written = lossSteps(loss, x, { target, weights, classWeights }, this.tape);
      this.tape.pass(x, written.dx);
      this.answer(place, written.loss);
      if (written.correct) this.answer(`${place}: correct`, written.correct);
      if (i === 0) this.answer('output', nodes.take(output.value, 'plain'));
    });
  }

  /** What a loss compares with: fed, or what the network computed. */
  private targetOf(nodes: Nodes, loss: Loss, x: Placed, place: string): Pick<LossInputs, 'target' | 'weights'> {
    const shapes = { target: targetShape(loss, x.shape, place), weights: weightsShape(loss, x.shape, place) };
    const { computed } = loss;
    if (!computed) {
      const of = (name: string): string => place.replace('loss', name);
      return { target: this.feed(of('target'), shapes.target), weights: shapes.weights && this.feed(of('weights'), shapes.weights) };
    }
    const take = (part: 'target' | 'weights', name: string): Placed => {
      const taken = nodes.take(this.output(name, `${place}: ${part}`).value, x.layout);
      expectShape(`${place}: ${part} ${name}`, taken.shape, shapes[part]!);
      return taken;
    };
    return { target: take('target', computed.target), weights: computed.weights === undefined ? undefined : take('weights', computed.weights) };
  }

  /** An output by name; without one the only one there is. */
  private output(wanted: string | undefined, place: string): NamedValue {
    const { outputs } = this.wanted.graph;
    const found = outputs.find(({ name }) => name === (wanted ?? (outputs.length === 1 ? name : undefined)));
    if (found) return found;
    const names = outputs.map(({ name }) => name).join(', ');
    return wrong(place, `one of the outputs ${names}`, wanted ?? 'none');
  }

  /** Gradients of the outputs, from outside. */
  private upstream(nodes: Nodes): void {
    for (const { name, value } of this.wanted.graph.outputs) {
      const y = nodes.take(value, 'plain');
      this.answer(name, y);
      this.tape.pass(y, this.feed(`upstream ${name}`, y.shape));
    }
  }

  private answerGradient(name: string, of: Placed): void {
    const total = this.tape.total(of);
    if (total) this.answer(`gradient ${name}`, total);
  }

  private finish(hyper: Placed): TrainProgram {
    const { update, gradients, trainable, training } = this.wanted;
    let found = [...trainable].flatMap((name): Found[] => {
      const grad = this.tape.total(this.params.get(name)!);
      return grad ? [{ name, grad }] : [];
    });
    let norms = update || gradients ? this.norms('norms', found, 'backward') : undefined;
    if (gradients) found.forEach(({ name, grad }) => this.answer(`gradient ${name}`, grad));
    const updateFrom = this.tape.steps.length;
    if (training) this.later.forEach(({ layer, step }) => {
      this.tape.at(layer, 'update');
      this.tape.step(step);
    });
    let sumsFrom = this.tape.steps.length;
    if (update && update.accumulate > 1) {
      found = found.map((one) => this.summed(one, hyper, update.accumulate));
      sumsFrom = this.tape.steps.length;
      norms = this.norms('summed norms', found, 'update');
    }
    const followFrom = this.tape.steps.length;
    if (update) found.forEach((one) => this.follow(one, hyper, norms, update));
    return { ...this.ports(), measured: found.map(({ name }) => name), updateFrom, sumsFrom, followFrom };
  }

  private ports(): Pick<TrainProgram, 'lens' | 'steps' | 'inputs' | 'outputs' | 'fed' | 'kept' | 'answers'> {
    const ids = (ports: readonly [TrainPort, Placed][]): number[] => ports.map(([, { id }]) => id);
    const ports = (of: readonly [TrainPort, Placed][]): TrainPort[] => of.map(([port]) => port);
    return {
      lens: this.tape.lens,
      steps: this.tape.steps,
      inputs: [...ids(this.fed), ...ids(this.kept)],
      outputs: [...ids(this.kept), ...ids(this.answers)],
      fed: ports(this.fed), kept: ports(this.kept), answers: ports(this.answers),
    };
  }

  /** Norms of all gradients, answered; none where there are no gradients. */
  private norms(name: string, found: readonly Found[], phase: Phase): Placed | undefined {
    if (found.length === 0) return undefined;
    const norms = this.tape.value([2 + found.length]);
    this.tape.at('norms', phase);
    this.tape.step(steps.gradientNorms({ y: norms.id, gradients: found.map(({ grad }) => ({ x: grad.id, len: count(grad.shape) })) }));
    this.answer(name, norms);
    return norms;
  }

  /** The mean of the gradients of several runs, kept from run to run. */
  private summed({ name, grad }: Found, hyper: Placed, runs: number): Found {
    const total = this.keep(`${SUM}${name}`, grad.shape);
    this.tape.at(name, 'update');
    this.tape.step(steps.accumulate({ total: total.id, x: grad.id, hyper: hyper.id, len: count(grad.shape), scale: 1 / runs }));
    return { name, grad: total };
  }

  /** One parameter follows its gradient. */
  private follow({ name, grad }: Found, hyper: Placed, norms: Placed | undefined, { of, clip, follow }: UpdateWanted): void {
    this.tape.at(name, 'update');
    const param = this.params.get(name)!;
    const slots = stateSlots(of);
    const state = slots > 0 ? this.keep(`${STATE}${name}`, [slots, ...param.shape]) : undefined;
    const { rate, decay } = follow.of.get(name)!;
    const common = { param: param.id, grad: grad.id, hyper: hyper.id, rate: HYPER_RATES + rate, norms: norms?.id, clip, len: count(param.shape), decay };
    this.tape.step(updateStep(of, common, state?.id));
  }
}

/** The step by which a parameter follows its gradient. `state`: what its optimiser keeps, where it keeps something. */
export function updateStep(of: Update, common: Omit<steps.Sgd, 'buffer' | 'momentum' | 'dampening' | 'nesterov'>, state: number | undefined): Step {
  switch (of.kind) {
    case 'sgd': return steps.sgd({ ...common, ...of, buffer: state });
    case 'adam': return steps.adam({ ...common, ...of, state: state ?? -1 });
    case 'rmsprop': return steps.rmsprop({ ...common, ...of, state: state ?? -1 });
  }
}

/** @throws ShapeError for a shape that differs */
export function expectShape(place: string, got: readonly number[], expected: readonly number[]): void {
  if (got.length === expected.length && got.every((dim, i) => dim === expected[i])) return;
  wrong(place, showShape(expected), showShape(got), { as: ShapeError });
}
