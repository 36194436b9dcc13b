import { ArgumentError, ShapeError } from '../base/errors.js';
import { showShape } from '../base/show.js';
import { HYPER_RATES } from '../contract/train/limits.js';
import * as steps from '../contract/train/steps.js';
import type { Step } from '../contract/word.js';
import type { Graph, Node } from '../graph/graph.js';
import { count } from '../graph/op.js';
import type { Placed } from '../graph/op.js';
import { concreteShapes } from '../program/shapes.js';
import { lossSteps, targetShape } from './loss-steps.js';
import type { Loss } from './losses.js';
import { Nodes } from './nodes.js';
import { stateSlots } from './optimizers.js';
import type { Update } from './optimizers.js';
import { Tape } from './tape.js';
import type { TapeStep } from './tape.js';

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
  /** Weight decay of each parameter. */
  readonly decay: (name: string) => number;
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
  /** The first step of the update; parameters are as they were until then. */
  readonly updateFrom: number;
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
    const hyper = this.feed('hyper', [HYPER_RATES + 1]);
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
    if (!this.wanted.training) return () => false;
    const values = new Set<number>();
    const nodes = new Set<Node>();
    for (const node of this.wanted.graph.nodes) {
      const own = Object.values(node.params).some((name) => this.wanted.trainable.has(name));
      if (!own && !node.inputs.some((value) => values.has(value))) continue;
      nodes.add(node);
      node.outputs.forEach((value) => values.add(value));
    }
    // Without parameters of its own, or before the first trainable one, dropout still drops where everything is trained.
    const all = this.wanted.graph.params.every(({ name }) => this.wanted.trainable.has(name) || /running_(mean|var)$/.test(name));
    return all ? () => true : (node) => nodes.has(node);
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
    const { graph } = this.wanted;
    losses.forEach((loss, i) => {
      const place = losses.length > 1 ? `loss ${i + 1}` : 'loss';
      const output = graph.outputs.find(({ name }) => name === (loss.output ?? (graph.outputs.length === 1 ? name : undefined)));
      if (!output) {
        const names = graph.outputs.map(({ name }) => name).join(', ');
        throw new ArgumentError(`${place}: there is no output ${loss.output ?? 'given'}; there are ${names}`, { place, expected: names, got: loss.output ?? 'none' });
      }
      this.tape.at(place, 'forward');
      const x = nodes.take(output.value, loss.kind === 'crossEntropy' || loss.kind === 'softCrossEntropy' ? 'nhwc' : 'plain');
      const target = this.feed(losses.length > 1 ? `target ${i + 1}` : 'target', targetShape(loss, x, place));
      const classWeights = loss.kind === 'crossEntropy' && loss.classWeights ? this.keep(`${place}: classWeights`, [loss.classWeights.length]) : undefined;
      const written = lossSteps(loss, x, target, classWeights, this.tape);
      this.tape.pass(x, written.dx);
      this.answer(place, written.loss);
      if (written.correct) this.answer(`${place}: correct`, written.correct);
      if (i === 0) this.answer('output', nodes.take(output.value, 'plain'));
    });
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
    const found = [...trainable].flatMap((name) => {
      const grad = this.tape.total(this.params.get(name)!);
      return grad ? [{ name, grad }] : [];
    });
    let norms: Placed | undefined;
    if ((update || gradients) && found.length > 0) {
      norms = this.tape.value([2 + found.length]);
      this.tape.at('norms', 'backward');
      this.tape.step(steps.gradientNorms({ y: norms.id, gradients: found.map(({ grad }) => ({ x: grad.id, len: count(grad.shape) })) }));
      this.answer('norms', norms);
    }
    if (gradients) found.forEach(({ name, grad }) => this.answer(`gradient ${name}`, grad));
    const updateFrom = this.tape.steps.length;
    if (training) this.later.forEach(({ layer, step }) => {
      this.tape.at(layer, 'update');
      this.tape.step(step);
    });
    if (update) found.forEach(({ name, grad }) => this.follow(name, grad, hyper, norms, update));
    const ids = (ports: readonly [TrainPort, Placed][]): number[] => ports.map(([, { id }]) => id);
    const ports = (of: readonly [TrainPort, Placed][]): TrainPort[] => of.map(([port]) => port);
    return {
      lens: this.tape.lens,
      steps: this.tape.steps,
      inputs: [...ids(this.fed), ...ids(this.kept)],
      outputs: [...ids(this.kept), ...ids(this.answers)],
      fed: ports(this.fed), kept: ports(this.kept), answers: ports(this.answers), measured: found.map(({ name }) => name), updateFrom,
    };
  }

  /** One parameter follows its gradient. */
  private follow(name: string, grad: Placed, hyper: Placed, norms: Placed | undefined, { of, clip, decay }: UpdateWanted): void {
    this.tape.at(name, 'update');
    const param = this.params.get(name)!;
    const slots = stateSlots(of);
    const state = slots > 0 ? this.keep(`optimizer ${name}`, [slots, ...param.shape]) : undefined;
    const common = { param: param.id, grad: grad.id, hyper: hyper.id, rate: HYPER_RATES, norms: norms?.id, clip, len: count(param.shape), decay: decay(name) };
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
  throw new ShapeError(`${place}: expected ${showShape(expected)}, got ${showShape(got)}`, { place, expected: showShape(expected), got: showShape(got) });
}
