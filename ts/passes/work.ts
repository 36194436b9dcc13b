import type { Graph, Node } from '../graph/graph.js';
import type { Op } from '../graph/op.js';

/** A node while passes change it: several nodes of the graph may have become one. */
export interface WorkNode {
  op: Op;
  readonly name: string;
  inputs: number[];
  outputs: number[];
  params: Record<string, string>;
  /** The graph's node that it stands for in summaries. */
  readonly origin: Node;
}

/** What passes look at and change. */
export interface Work {
  nodes: WorkNode[];
  outputs: number[];
  /** Concrete shape of every value of the graph, and behind them of those that passes add. */
  readonly shapes: (readonly number[])[];
}

export function toWork(graph: Graph, shapes: (readonly number[])[]): Work {
  const nodes = graph.nodes.map((origin): WorkNode => {
    const { op, name, inputs, outputs, params } = origin;
    return { op, name, inputs: [...inputs], outputs: [...outputs], params: { ...params }, origin };
  });
  return { nodes, outputs: graph.outputs.map(({ value }) => value), shapes };
}

/** Number of uses of a value: reads by nodes plus graph outputs. */
export function useCount(work: Work, value: number): number {
  const reads = work.nodes.reduce((sum, { inputs }) => sum + inputs.filter((input) => input === value).length, 0);
  return reads + work.outputs.filter((output) => output === value).length;
}

/** The node that writes a value, or none for an input. */
export function producer(work: Work, value: number | undefined): WorkNode | undefined {
  return work.nodes.find(({ outputs }) => value !== undefined && outputs.includes(value));
}

/** Everything that reads `from` reads `to` instead. */
export function redirect(work: Work, from: number, to: number): void {
  for (const node of work.nodes) node.inputs = node.inputs.map((input) => (input === from ? to : input));
  work.outputs = work.outputs.map((output) => (output === from ? to : output));
}
