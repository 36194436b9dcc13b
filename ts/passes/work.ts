import type { Graph, Node } from '../graph/graph.js';
import type { Op } from '../graph/op.js';

/** A node while passes change it, by `Work`: several nodes of the graph may have become one. */
export interface WorkNode {
  readonly op: Op;
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly params: Readonly<Record<string, string>>;
  /** The graph's node that it stands for in summaries. */
  readonly origin: Node;
}

type Change = Partial<Pick<WorkNode, 'op' | 'inputs' | 'outputs' | 'params'>>;

/** What passes look at and change. Who writes and who reads a value is at hand: a graph has thousands of nodes. */
export class Work {
  private order: WorkNode[];
  private readonly places = new Map<WorkNode, number>();
  private readonly writers = new Map<number, WorkNode>();
  /** A node stands as often as it reads the value. */
  private readonly reads = new Map<number, WorkNode[]>();
  private isStale = false;

  /**
   * @param outputs - of the graph
   * @param shapes - concrete shape of every value of the graph, and behind them of those that passes add
   */
  constructor(nodes: readonly WorkNode[], public outputs: readonly number[], readonly shapes: (readonly number[])[]) {
    this.order = [...nodes];
    nodes.forEach((node, place) => this.enter(node, place));
  }

  /** In the order in which they are computed. */
  get nodes(): readonly WorkNode[] {
    if (this.isStale) this.order = [...this.places].sort(([, a], [, b]) => a - b).map(([node]) => node);
    this.isStale = false;
    return this.order;
  }

  /** Number of uses of a value: reads by nodes plus graph outputs. */
  useCount(value: number): number {
    return (this.reads.get(value)?.length ?? 0) + this.outputs.filter((output) => output === value).length;
  }

  /** The node that writes a value, or none for an input. */
  producer(value: number | undefined): WorkNode | undefined {
    return value === undefined ? undefined : this.writers.get(value);
  }

  /** The nodes that read a value. */
  readers(value: number): readonly WorkNode[] {
    return this.reads.get(value) ?? [];
  }

  /** Where a value is written in the order of nodes; -1 for an input. */
  placeOf(value: number): number {
    const writer = this.writers.get(value);
    return (writer && this.places.get(writer)) ?? -1;
  }

  /** Whether these are values of one shape. */
  sameShape(values: readonly (number | undefined)[]): boolean {
    const shapes = values.map((value) => JSON.stringify(value === undefined ? null : this.shapes[value]));
    return shapes.every((shape) => shape === shapes[0]);
  }

  has(node: WorkNode): boolean {
    return this.places.has(node);
  }

  change(node: WorkNode, change: Change): void {
    this.unlink(node);
    Object.assign(node, change);
    this.link(node);
  }

  remove(node: WorkNode): void {
    this.unlink(node);
    this.places.delete(node);
    this.isStale = true;
  }

  /** Adds a node behind one of the graph's, which no other was added behind. */
  insertBehind(node: WorkNode, added: WorkNode): void {
    this.enter(added, (this.places.get(node) ?? 0) + 0.5);
    this.isStale = true;
  }

  /** Everything that reads `from` reads `to` instead. */
  redirect(from: number, to: number): void {
    for (const node of new Set(this.readers(from))) this.change(node, { inputs: node.inputs.map((input) => (input === from ? to : input)) });
    this.outputs = this.outputs.map((output) => (output === from ? to : output));
  }

  private enter(node: WorkNode, place: number): void {
    this.places.set(node, place);
    this.link(node);
  }

  private link(node: WorkNode): void {
    for (const output of node.outputs) this.writers.set(output, node);
    for (const input of node.inputs) {
      const readers = this.reads.get(input);
      if (readers) readers.push(node);
      else this.reads.set(input, [node]);
    }
  }

  private unlink(node: WorkNode): void {
    for (const output of node.outputs) if (this.writers.get(output) === node) this.writers.delete(output);
    for (const input of new Set(node.inputs)) this.reads.set(input, this.readers(input).filter((reader) => reader !== node));
  }
}

export function toWork(graph: Graph, shapes: (readonly number[])[]): Work {
  const nodes = graph.nodes.map((origin): WorkNode => {
    const { op, name, inputs, outputs, params } = origin;
    return { op, name, inputs, outputs, params, origin };
  });
  return new Work(nodes, graph.outputs.map(({ value }) => value), shapes);
}
