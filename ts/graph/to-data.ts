import type { Graph, NamedValue } from './graph.js';
import type { Json } from './op.js';
import type { Shape } from './shape.js';

/** A graph as plain data: can be posted to a worker and written as JSON. */
export interface GraphData {
  readonly inputs: readonly NamedValue[];
  readonly outputs: readonly NamedValue[];
  readonly nodes: readonly NodeData[];
  /** Shapes of the graph's inputs; all others follow. */
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly modules: Readonly<Record<string, number>>;
}

interface NodeData {
  readonly name: string;
  readonly type: string;
  readonly attrs: Json;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly params: Readonly<Record<string, string>>;
}

export function graphToData(graph: Graph): GraphData {
  const { inputs, outputs, modules, nodes } = graph;
  return {
    inputs,
    outputs,
    modules,
    shapes: Object.fromEntries(inputs.map(({ name, value }) => [name, graph.values[value]?.shape ?? []])),
    nodes: nodes.map(({ op, ...node }) => ({ ...node, type: op.type, attrs: op.attrs })),
  };
}
