import { GraphError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';
import { isGraph } from './graph.js';
import type { Graph, NamedValue } from './graph.js';
import type { Json } from './op.js';
import type { Shape } from '../tensor/shape.js';

/** A graph as plain data: can be posted to a worker and written as JSON. */
export interface GraphData {
  /** What is given when it runs. */
  readonly inputs: readonly NamedValue[];
  /** What is answered. */
  readonly outputs: readonly NamedValue[];
  /** Operators, in an order in which they can be computed. */
  readonly nodes: readonly NodeData[];
  /** Shapes of the graph's inputs; all others follow. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** What each module returns, by module path. */
  readonly modules: Readonly<Record<string, number>>;
}

/** An operator of a graph as plain data. */
export interface NodeData {
  /** Module path, as PyTorch's. */
  readonly name: string;
  /** Name of the operator: `Conv2d`. */
  readonly type: string;
  /** Its attributes, as JSON. */
  readonly attrs: Json;
  /** Numbers of the values it reads. */
  readonly inputs: readonly number[];
  /** Numbers of the values it writes. */
  readonly outputs: readonly number[];
  /** Name of the tensor for each role of its parameters. */
  readonly params: Readonly<Record<string, string>>;
}

/** Whether a value has the form of a graph as plain data. */
export function isGraphData(value: unknown): value is GraphData {
  return typeof value === 'object' && value !== null && 'nodes' in value && 'modules' in value && 'shapes' in value;
}

/**
 * A graph as plain data, for `JSON.stringify` or `postMessage`; its weights are not in it. `graphFromData` is the way back. Data
 * stays what it is.
 * @throws GraphError for what is no graph; `toGraph` makes one of a layer
 */
export function graphToData(graph: Graph | GraphData): GraphData {
  if (isGraphData(graph)) return graph;
  if (!isGraph(graph)) wrong('graphToData', 'a graph', showValue(graph), { as: GraphError });
  const { inputs, outputs, modules, nodes } = graph;
  return {
    inputs,
    outputs,
    modules,
    shapes: Object.fromEntries(inputs.map(({ name, value }) => [name, graph.values[value]?.shape ?? []])),
    nodes: nodes.map(({ op, ...node }) => ({ ...node, type: op.type, attrs: op.attrs })),
  };
}
