import { GraphError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import * as steps from '../contract/steps.js';
import type { Step, WeightRef } from '../contract/word.js';
import type { EmitContext, FilterWanted, Layout, Placed, PlacedChannels } from '../graph/op.js';
import { count } from '../graph/op.js';
import { physicalShape } from '../ops/layout.js';
import type { Shape } from '../tensor/shape.js';
import type { WorkNode } from '../passes/work.js';
import type { Join } from './joins.js';
import type { Norm, WeightTable } from './weights.js';

/** A step of the program. */
export interface EmittedStep extends Step {
  readonly node: WorkNode | undefined;
}

/** Turns nodes into steps over values of the arena. */
export class Emitter {
  readonly lens: number[] = [];
  readonly steps: EmittedStep[] = [];
  /** Values as they lie; those that were converted lie in both layouts. */
  private readonly placed = { nhwc: new Map<number, Placed>(), plain: new Map<number, Placed>() };
  /** Who writes each value; nobody the graph's inputs. */
  private readonly writers = new Map<number, WorkNode>();
  /** Values that others are written into, from the first of those on. */
  private readonly joined = new Map<number, Placed>();

  constructor(
    private readonly weights: WeightTable,
    private readonly shapes: readonly (readonly number[])[],
    private readonly declared: readonly Shape[],
    private readonly joins: ReadonlyMap<number, Join>,
    /** Whether some operator reads maps channels-last: then the graph's inputs had better lie so from the start. */
    private readonly readsMaps: boolean,
  ) {}

  /** A graph's input, row-major. Returns the value to be filled. */
  input(value: number): number {
    return this.put(value, this.value(this.shape(value), 'plain')).id;
  }

  /** A graph's output, row-major. */
  output(value: number): number {
    return this.take(value, 'plain', undefined).id;
  }

  /** @throws GraphError naming the node whose steps do not write its output, as the operator's layouts say */
  node(node: WorkNode): void {
    const context = new NodeContext(this, this.weights, node, this.alike(node));
    node.op.emit(context);
    for (const output of node.outputs) this.writers.set(output, node);
    const { writes } = context;
    if (node.outputs.every((output) => this.placed[this.shape(output).length === 4 ? writes : 'plain'].has(output))) return;
    wrong(node.name, `${node.op.type} to write its output ${writes}`, 'none', { as: GraphError });
  }

  /** The value in a layout, which counts for 4 dimensions alone. It is converted once. */
  take(value: number, layout: Layout, reader: WorkNode | undefined): Placed {
    const { nhwc, plain } = this.placed;
    const wanted = (this.shape(value).length === 4 ? this.placed[layout] : plain).get(value);
    if (wanted) return wanted;
    const from = nhwc.get(value) ?? plain.get(value);
    if (!from) throw new GraphError(`value ${value} is used before it is computed`);
    const by = layout === 'nhwc' ? this.writers.get(value) : reader;
    return this.put(value, this.transpose(from, this.value(from.shape, layout), by));
  }

  place(value: number, layout: Layout): Placed {
    return this.put(value, this.joined.get(value) ?? this.newValue(value, layout));
  }

  /** Places a map, as its join tells among the channels of another value. */
  placeChannels(value: number): PlacedChannels {
    const join = this.joins.get(value);
    if (!join) {
      const placed = this.place(value, 'nhwc');
      return { ...placed, row: placed.shape[1] ?? 1, first: 0 };
    }
    const { into, first } = join;
    const whole = this.joined.get(into) ?? this.newValue(into, 'nhwc');
    this.joined.set(into, whole);
    const placed = this.put(value, { ...whole, shape: this.shape(value) });
    return { ...placed, row: whole.shape[1] ?? 1, first };
  }

  /** The shape of a value, placed or not. */
  shape(value: number): readonly number[] {
    return this.shapes[value] ?? [];
  }

  /** Height and width of a map as the graph declares them, 0 where it leaves them open. */
  declaredMap(value: number): readonly [number, number] {
    const [, , h, w] = this.declared[value] ?? [];
    return [h ?? 0, w ?? 0];
  }

  /** The layout for a node that works on any: channels-last where a map lies so, or will have to. */
  private alike({ inputs, outputs }: WorkNode): Layout {
    const lies = (value: number): boolean => this.placed.nhwc.has(value) || (this.readsMaps && !this.writers.has(value));
    return this.shape(outputs[0] ?? -1).length === 4 && inputs.some(lies) ? 'nhwc' : 'plain';
  }

  private put(value: number, placed: Placed): Placed {
    this.placed[placed.layout].set(value, placed);
    return placed;
  }

  private newValue(value: number, layout: Layout): Placed {
    const shape = this.shape(value);
    return this.value(shape, shape.length === 4 ? layout : 'plain');
  }

  private value(shape: readonly number[], layout: Placed['layout']): Placed {
    this.lens.push(count(shape));
    return { id: this.lens.length - 1, shape, layout };
  }

  /** [N][rows][cols] to [N][cols][rows]; where one of them is 1 nothing moves and a copy (in place, free) will do. */
  private transpose(from: Placed, to: Placed, node: WorkNode | undefined): Placed {
    const [n = 1, ...rest] = physicalShape(from);
    const channels = from.shape[1] ?? 1;
    const pixels = count(rest) / channels;
    const [rows, cols] = from.layout === 'nhwc' ? [pixels, channels] : [channels, pixels];
    const ends = { x: from.id, y: to.id };
    const step = rows === 1 || cols === 1 ? steps.unary({ ...ends, len: n * rows * cols }) : steps.transpose({ ...ends, outer: n, rows, cols });
    this.steps.push({ ...step, node });
    return to;
  }
}

/** What one node sees of the emitter. */
class NodeContext implements EmitContext {
  readonly writes: Layout;
  private readonly reads: Layout;
  private norm: Norm | undefined;

  constructor(
    private readonly emitter: Emitter,
    private readonly weights: WeightTable,
    private readonly node: WorkNode,
    alike: Layout,
  ) {
    const { folded, layouts } = node.op;
    const resolved = (layout: Layout | 'alike'): Layout => (layout === 'alike' ? alike : layout);
    this.reads = resolved(layouts.reads);
    this.writes = resolved(layouts.writes);
    if (folded) this.norm = weights.norm((role) => this.name(`norm.${role}`), folded.eps);
  }

  get inputCount(): number {
    return this.node.inputs.length;
  }

  input(index: number): Placed {
    return this.emitter.take(this.node.inputs[index] ?? -1, this.reads, this.node);
  }

  inputShape(index: number): readonly number[] {
    return this.emitter.shape(this.node.inputs[index] ?? -1);
  }

  output(index = 0): Placed {
    return this.emitter.place(this.node.outputs[index] ?? -1, this.writes);
  }

  outputChannels(): PlacedChannels {
    return this.emitter.placeChannels(this.node.outputs[0] ?? -1);
  }

  constant(role: string): WeightRef {
    const name = this.name(role);
    return this.weights.constant(`constant ${name}`, () => this.weights.read(name));
  }

  filter(wanted: FilterWanted): WeightRef {
    // The declared map, not that of this plan: a filter is packed once, and its algorithm must not
    // depend on which input came first.
    const map = this.emitter.declaredMap(this.node.outputs[0] ?? -1);
    return this.weights.filter(this.name(wanted.role), wanted, map, this.norm);
  }

  bias(channels: number): WeightRef | undefined {
    const { norm, weights } = this;
    const name = this.node.params['bias'];
    if (!norm) return name === undefined ? undefined : this.constant('bias');
    return weights.constant(`bias ${name ?? ''} ${norm.key}`, () => {
      const bias = name === undefined ? undefined : weights.read(name);
      const folded = (_: unknown, i: number): number => (norm.shift[i] ?? 0) + (bias?.[i] ?? 0) * (norm.scale[i] ?? 0);
      return Float32Array.from({ length: channels }, folded);
    });
  }

  affine(eps: number): { scale: WeightRef; shift: WeightRef } {
    const norm = this.weights.norm((role) => this.name(role), eps);
    return {
      scale: this.weights.constant(`scale ${norm.key}`, () => Float32Array.from(norm.scale)),
      shift: this.weights.constant(`shift ${norm.key}`, () => Float32Array.from(norm.shift)),
    };
  }

  step(step: Step): void {
    this.emitter.steps.push({ ...step, node: this.node });
  }

  private name(role: string): string {
    const name = this.node.params[role];
    if (name !== undefined) return name;
    wrong(this.node.name, `a parameter ${role}`, 'none', { as: GraphError });
  }
}
