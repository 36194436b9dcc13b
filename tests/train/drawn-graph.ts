/** Small graphs that grow by chance, each written twice: with the layer functions, and as formulas in float64. */
import type { Graph } from '../../ts/graph/graph.js';
import { graph, input } from '../../ts/ops/layers.js';
import type { Value } from '../../ts/ops/layers.js';
import { hash32 } from '../golden/formula.js';
import { masked64, ofNumbers } from '../support/reference-elements.js';
import { product } from '../support/reference.js';
import type { Map64, Watch } from '../support/reference.js';

type Shape = readonly number[];

/** Numbers that follow from a seed. */
export class Dice {
  private drawn = 0;

  constructor(private readonly seed: number) {}

  /** 0 to below `count`. */
  below(count: number): number {
    return hash32(this.seed, this.drawn++) % count;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Whether one of `count` chances came. */
  once(count: number): boolean {
    return this.below(count) === 0;
  }
}

/** Numbers that go into a graph: evenly from offset - scale to offset + scale. */
export interface Port {
  readonly name: string;
  readonly shape: Shape;
  readonly scale: number;
  readonly offset: number;
}

/** What a node computes, of its operands and parameters. */
export type Compute = (operands: readonly Map64[], params: readonly Map64[], watch: Watch) => Map64;

interface Node {
  readonly kind: string;
  readonly operands: readonly number[];
  readonly params: readonly string[];
  readonly compute: Compute;
  /** The value that tells which elements dropout left, and what they were multiplied by. */
  readonly dropped?: number;
}

/** What is added to one element of a value. */
export interface Nudge {
  readonly value: number;
  readonly at: number;
  readonly by: number;
}

export const numbersOf = ({ shape, scale, offset }: Port, seed: number): Float32Array =>
  Float32Array.from({ length: product(shape) }, (_, i) => scale * (hash32(seed, i) / 2147483648 - 1) + offset);

/** Elements of a value at most. */
const LARGEST = 1500;

export class Drawing {
  readonly inputs: Port[] = [];
  readonly params: Port[] = [];
  readonly nodes: Node[] = [];
  readonly values: Value[] = [];
  private readonly used = new Set<number>();

  constructor(
    readonly training: boolean,
    readonly inputScale: number,
  ) {}

  /** A further input, as a value. */
  input(shape: Shape, offset = 0): number {
    const name = `x${this.inputs.length}`;
    this.inputs.push({ name, shape, scale: offset === 0 ? this.inputScale : 1, offset });
    return this.keep(input(shape), { kind: 'input', operands: [], params: [name], compute: (_, [x]) => x! });
  }

  /** One of the values that fit, the last one of them mostly. */
  choose(dice: Dice, fits: (shape: Shape) => boolean): number | undefined {
    const fitting = this.values.flatMap((_, i) => (fits(this.shape(i)) ? [i] : []));
    return dice.once(3) ? dice.pick(fitting) : fitting.at(-1);
  }

  shape(id: number): Shape {
    return this.values[id]!.shape as Shape;
  }

  /** The name of the next node, which its parameters begin with. */
  get next(): string {
    return `n${this.nodes.length}`;
  }

  /** @param fan - numbers that each is summed with, so that outputs are about as large as inputs */
  param(role: string, shape: Shape, fan = 1, offset = 0): string {
    const name = `${this.next}.${role}`;
    this.params.push({ name, shape, scale: offset === 0 ? Math.min(1, 1.7 / Math.sqrt(fan)) : 0.5, offset });
    return name;
  }

  /** Adds a node, unless its value is too large; what it wanted as parameters is then forgotten. */
  add(kind: string, operands: readonly number[], write: (...of: Value[]) => Value, params: readonly string[], compute: Compute, dropped?: number): void {
    const value = write(...operands.map((id) => this.values[id]!));
    if (product(value.shape as Shape) > LARGEST) {
      this.params.splice(this.params.length - params.length);
      return;
    }
    operands.forEach((id) => this.used.add(id));
    this.keep(value, { kind, operands, params, compute, ...(dropped !== undefined && { dropped }) });
  }

  private keep(value: Value, node: Node): number {
    this.values.push(value);
    this.nodes.push(node);
    return this.values.length - 1;
  }

  /** Values that nothing uses are outputs, and one that something does. */
  outputs(dice: Dice): number[] {
    const made = this.nodes.flatMap(({ kind }, i) => (kind === 'input' ? [] : [i]));
    const more = dice.once(3) ? dice.pick(made) : -1;
    return made.filter((i) => !this.used.has(i) || i === more);
  }

  /** Inputs that nothing uses have no gradient and are no inputs. */
  graph(outputs: readonly number[]): Graph {
    const named = (ids: readonly number[], name: (id: number) => string): Record<string, Value> => Object.fromEntries(ids.map((id) => [name(id), this.values[id]!]));
    const inputs = this.nodes.flatMap(({ kind }, i) => (kind === 'input' && this.used.has(i) ? [i] : []));
    return graph(named(inputs, (id) => this.nodes[id]!.params[0]!), named(outputs, (id) => `y${id}`));
  }

  /** Values that dropouts give. */
  get dropouts(): number[] {
    return this.nodes.flatMap(({ dropped }, i) => (dropped === undefined ? [] : [i]));
  }

  /** All values in float64. `masks`: of dropouts, by value; `nudge`: what is added to one element of a value. */
  run(numbers: ReadonlyMap<string, ArrayLike<number>>, masks: ReadonlyMap<number, readonly boolean[]>, watch: Watch, nudge?: Nudge): Map64[] {
    const shapes = new Map([...this.inputs, ...this.params].map(({ name, shape }) => [name, shape]));
    const all: Map64[] = [];
    this.nodes.forEach((node, i) => {
      const operands = node.operands.map((id) => all[id]!);
      const params = node.params.map((name) => ofNumbers(shapes.get(name)!, numbers.get(name)!));
      const mask = masks.get(i);
      const value = mask ? masked64(operands[0]!, mask, node.dropped!) : node.compute(operands, params, watch);
      all.push(i === nudge?.value ? { ...value, data: value.data.with(nudge.at, value.data[nudge.at]! + nudge.by) } : value);
    });
    return all;
  }
}
