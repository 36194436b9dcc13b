import { GraphError, UnsupportedError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { Step, WeightRef } from '../contract/word.js';
import type { Graph, Node } from '../graph/graph.js';
import type { Layout, Placed, PlacedChannels } from '../graph/op.js';
import type { TrainContext, TrainRule } from '../graph/rule.js';
import { ruleOf } from '../ops/grads.js';
import type { Tape } from './tape.js';

/** What the nodes of one program share. */
export interface Shared {
  readonly tape: Tape;
  readonly hyper: number;
  /** Parameters by name. */
  readonly params: ReadonlyMap<string, Placed>;
  /** Steps that change what is kept from run to run, each with its layer. */
  readonly later: { readonly layer: string; readonly step: Step }[];
  /** Whether a node is trained: its BatchNorm and dropout. */
  readonly training: (node: Node) => boolean;
  readonly shapes: readonly (readonly number[])[];
}

/**
 * The rule of every node.
 * @throws UnsupportedError naming the layer that has no gradient
 */
export function rulesOf(graph: Graph): TrainRule[] {
  return graph.nodes.map(({ name, op }) => {
    const rule = ruleOf(op.type);
    const { attrs } = op;
    const fused = typeof attrs === 'object' && attrs !== null && ('activation' in attrs || 'operand' in attrs);
    if (rule && !fused) return rule;
    throw new UnsupportedError(`${name}: ${op.type}${fused ? ' with another operator folded in' : ''} cannot be trained`, {
      place: name,
      hint: 'train a graph written with the layer functions',
    });
  });
}

/** Writes the forward steps of a graph, and what leads back. */
export class Nodes {
  /** Values of the graph as they lie; those that were converted lie in both layouts. */
  private readonly placed = { nhwc: new Map<number, Placed>(), plain: new Map<number, Placed>() };

  constructor(
    private readonly graph: Graph,
    private readonly shared: Shared,
  ) {}

  input(value: number, placed: Placed): void {
    this.placed[placed.layout].set(value, placed);
  }

  /** The value in a layout, which counts for maps alone. */
  take(value: number, layout: Layout): Placed {
    const { nhwc, plain } = this.placed;
    const isMap = this.shared.shapes[value]?.length === 4;
    const wanted = (isMap ? this.placed[layout] : plain).get(value);
    if (wanted) return wanted;
    const from = nhwc.get(value) ?? plain.get(value);
    if (!from) throw new GraphError(`value ${value} is used before it is computed`);
    const placed = this.shared.tape.transposed(from);
    this.placed[placed.layout].set(value, placed);
    return placed;
  }

  forward(): void {
    const rules = rulesOf(this.graph);
    this.graph.nodes.forEach((node, i) => {
      const { tape } = this.shared;
      tape.at(node.name);
      const context = new NodeContext(this, this.shared, node, i, this.alike(node));
      const rule = rules[i]!;
      const { attrs } = node.op;
      const kept = rule.forward ? rule.forward(attrs, context) : (node.op.emit(context), []);
      if (context.leads) tape.record(context.output(), (dy) => rule.backward(attrs, context, dy, kept));
    });
  }

  place(value: number, layout: Layout): Placed {
    const placed = this.shared.tape.value(this.shared.shapes[value] ?? [], layout);
    this.placed[placed.layout].set(value, placed);
    return placed;
  }

  /** The layout for a node that works on any. */
  private alike({ inputs }: Node): Layout {
    return inputs.some((value) => this.placed.nhwc.has(value)) ? 'nhwc' : 'plain';
  }
}

/** What one node sees, on its way forward and on its way back. */
class NodeContext implements TrainContext {
  readonly training: boolean;
  readonly hyper: number;
  private readonly reads: Layout;
  private readonly writes: Layout;
  private readonly taken = new Map<number, Placed>();
  private readonly placed = new Map<number, Placed>();

  constructor(
    private readonly nodes: Nodes,
    private readonly shared: Shared,
    private readonly node: Node,
    readonly stream: number,
    alike: Layout,
  ) {
    const { reads, writes } = node.op.layouts;
    this.reads = reads === 'alike' ? alike : reads;
    this.writes = writes === 'alike' ? alike : writes;
    this.training = shared.training(node);
    this.hyper = shared.hyper;
  }

  /** Whether a gradient goes back through the node. */
  get leads(): boolean {
    const { tape, params } = this.shared;
    const own = Object.values(this.node.params).some((name) => tape.wants(params.get(name)!));
    return own || this.node.inputs.some((_, i) => tape.wants(this.input(i)));
  }

  get inputCount(): number {
    return this.node.inputs.length;
  }

  input(index: number): Placed {
    const placed = this.taken.get(index) ?? this.nodes.take(this.node.inputs[index] ?? -1, this.reads);
    this.taken.set(index, placed);
    return placed;
  }

  inputShape(index: number): readonly number[] {
    return this.shared.shapes[this.node.inputs[index] ?? -1] ?? [];
  }

  output(index = 0): Placed {
    const placed = this.placed.get(index) ?? this.nodes.place(this.node.outputs[index] ?? -1, this.writes);
    this.placed.set(index, placed);
    return placed;
  }

  outputChannels(): PlacedChannels {
    const placed = this.output();
    return { ...placed, row: placed.shape[1] ?? 1, first: 0 };
  }

  param(role: string): Placed {
    const placed = this.optional(role);
    if (placed) return placed;
    wrong(this.node.name, `a parameter ${role}`, 'none', { as: GraphError });
  }

  optional(role: string): Placed | undefined {
    const name = this.node.params[role];
    return name === undefined ? undefined : this.shared.params.get(name);
  }

  value(shape: readonly number[], layout?: Layout): Placed {
    return this.shared.tape.value(shape, layout);
  }

  step(step: Step): void {
    this.shared.tape.step(step);
  }

  later(step: Step): void {
    this.shared.later.push({ layer: this.node.name, step });
  }

  wants(of: Placed): boolean {
    return this.shared.tape.wants(of);
  }

  gradient(of: Placed, write: (d: Placed) => void): void {
    this.shared.tape.gradient(of, write);
  }

  pass(of: Placed, d: Placed): void {
    this.shared.tape.pass(of, d);
  }

  // Parameters are values here: an operator that has some has a `forward` of its own.
  constant(role: string): WeightRef {
    return this.noWeights(role);
  }

  filter({ role }: { readonly role: string }): WeightRef {
    return this.noWeights(role);
  }

  bias(): WeightRef | undefined {
    return this.noWeights('bias');
  }

  affine(): { scale: WeightRef; shift: WeightRef } {
    return this.noWeights('weight');
  }

  private noWeights(role: string): never {
    wrong(this.node.name, 'a parameter that can be trained', `${role} of ${this.node.op.type}`, { as: GraphError });
  }
}
