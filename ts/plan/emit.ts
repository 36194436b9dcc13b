import { GraphError } from '../errors.js';
import type { EmitContext, FilterWanted, Placed, PlacedChannels, WeightRef, Word } from '../graph/op.js';
import { count } from '../graph/op.js';
import { physicalShape } from '../graph/ops/layout.js';
import type { Shape } from '../graph/shape.js';
import type { WorkNode } from '../passes/work.js';
import type { Join } from './joins.js';
import { NONE, OPCODES } from './opcodes.js';
import type { Norm, WeightTable } from './weights.js';

/** A step of the program. */
export interface EmittedStep {
  readonly opcode: number;
  readonly words: readonly Word[];
  readonly node: WorkNode | undefined;
}

/** Turns nodes into steps over values of the arena. */
export class Emitter {
  readonly lens: number[] = [];
  readonly steps: EmittedStep[] = [];
  private readonly placed = new Map<number, Placed>();
  private readonly plain = new Map<number, Placed>();
  /** Values that others are written into, from the first of those on. */
  private readonly joined = new Map<number, Placed>();

  constructor(
    private readonly weights: WeightTable,
    private readonly shapes: readonly (readonly number[])[],
    private readonly declared: readonly Shape[],
    private readonly joins: ReadonlyMap<number, Join>,
  ) {}

  /** A graph's input: comes row-major, and maps are turned channels-last. Returns the value to be filled. */
  input(value: number): number {
    const shape = this.shape(value);
    const given = this.value(shape, 'plain');
    if (shape.length !== 4) this.placed.set(value, given);
    else this.placed.set(value, this.transpose(given, this.value(shape, 'nhwc'), undefined));
    return given.id;
  }

  /** A graph's output, row-major. */
  output(value: number): number {
    return this.toPlain(value, undefined).id;
  }

  node(node: WorkNode): void {
    node.op.emit(new NodeContext(this, this.weights, node));
  }

  at(value: number | undefined): Placed {
    const placed = value === undefined ? undefined : this.placed.get(value);
    if (placed) return placed;
    throw new GraphError(`value ${String(value)} is used before it is computed`);
  }

  /** The value row-major; the conversion is made once. */
  toPlain(value: number, node: WorkNode | undefined): Placed {
    const placed = this.at(value);
    if (placed.layout === 'plain') return placed;
    const known = this.plain.get(value);
    if (known) return known;
    const plain = this.transpose(placed, this.value(placed.shape, 'plain'), node);
    this.plain.set(value, plain);
    return plain;
  }

  place(value: number): Placed {
    const placed = this.joined.get(value) ?? this.newValue(value);
    this.placed.set(value, placed);
    return placed;
  }

  /** Places a map, as its join tells among the channels of another value. */
  placeChannels(value: number): PlacedChannels {
    const join = this.joins.get(value);
    if (!join) {
      const placed = this.place(value);
      return { ...placed, row: placed.shape[1] ?? 1, first: 0 };
    }
    const { into, first } = join;
    const whole = this.joined.get(into) ?? this.newValue(into);
    this.joined.set(into, whole);
    const placed = { ...whole, shape: this.shape(value) };
    this.placed.set(value, placed);
    return { ...placed, row: whole.shape[1] ?? 1, first };
  }

  /** Places a value that is written row-major. */
  placePlain(value: number, node: WorkNode, write: (y: Placed) => void): void {
    const shape = this.shape(value);
    const plain = this.value(shape, 'plain');
    write(plain);
    const nhwc = shape.length === 4;
    this.placed.set(value, nhwc ? this.transpose(plain, this.value(shape, 'nhwc'), node) : plain);
    if (nhwc) this.plain.set(value, plain);
  }

  /** Height and width of a map as the graph declares them, 0 where it leaves them open. */
  declaredMap(value: number): readonly [number, number] {
    const [, , h, w] = this.declared[value] ?? [];
    return [h ?? 0, w ?? 0];
  }

  private shape(value: number): readonly number[] {
    return this.shapes[value] ?? [];
  }

  private newValue(value: number): Placed {
    const shape = this.shape(value);
    return this.value(shape, shape.length === 4 ? 'nhwc' : 'plain');
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
    if (rows === 1 || cols === 1) {
      const none: Word[] = [0, 0, 0];
      this.steps.push({ opcode: OPCODES.unary, words: [from.id, to.id, n * rows * cols, ...none], node });
    } else {
      this.steps.push({ opcode: OPCODES.transpose, words: [from.id, to.id, n, rows, cols], node });
    }
    return to;
  }
}

/** What one node sees of the emitter. */
class NodeContext implements EmitContext {
  private norm: Norm | undefined;

  constructor(
    private readonly emitter: Emitter,
    private readonly weights: WeightTable,
    private readonly node: WorkNode,
  ) {
    const { folded } = node.op;
    if (folded) this.norm = weights.norm((role) => this.name(`norm.${role}`), folded.eps);
  }

  get inputCount(): number {
    return this.node.inputs.length;
  }

  input(index: number): Placed {
    return this.emitter.at(this.node.inputs[index]);
  }

  plainInput(index: number): Placed {
    return this.emitter.toPlain(this.node.inputs[index] ?? -1, this.node);
  }

  output(): Placed {
    return this.emitter.place(this.node.outputs[0] ?? -1);
  }

  outputChannels(): PlacedChannels {
    return this.emitter.placeChannels(this.node.outputs[0] ?? -1);
  }

  plainOutput(write: (y: Placed) => void): void {
    this.emitter.placePlain(this.node.outputs[0] ?? -1, this.node, write);
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

  bias(channels: number): Word {
    const { norm, weights } = this;
    const name = this.node.params['bias'];
    if (!norm) return name === undefined ? NONE : this.constant('bias');
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

  step(opcode: number, words: readonly Word[]): void {
    this.emitter.steps.push({ opcode, words, node: this.node });
  }

  private name(role: string): string {
    const name = this.node.params[role];
    if (name !== undefined) return name;
    throw new GraphError(`${this.node.name}: has no parameter ${role}`, { place: this.node.name, expected: role });
  }
}
