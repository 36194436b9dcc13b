import { GraphError, ReceptiveError } from '../errors.js';
import type { Graph, NamedValue, Node } from './graph.js';
import type { Json } from './op.js';
import { createOp } from './registry.js';
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

/**
 * The graph that the data describes: operators made anew, shapes inferred and every reference checked, so that a
 * hostile file is refused here.
 * @throws GraphError; ShapeError or GeometryError where an operator does not fit
 */
export function graphFromData(data: GraphData): Graph {
  try {
    return revive(data);
  } catch (error) {
    if (error instanceof ReceptiveError) throw error;
    const got = error instanceof Error ? error.message : String(error);
    throw new GraphError(`the graph is not well formed (${got})`, { got, cause: error });
  }
}

function revive(data: GraphData): Graph {
  const shapes = new Map<number, Shape>();
  for (const { name, value } of data.inputs) define(shapes, value, data.shapes[name] ?? [], name);
  const params = new Map<string, readonly number[]>();
  const nodes = data.nodes.map(({ type, attrs, ...node }): Node => {
    const revived: Node = { ...node, op: createOp(type, attrs) };
    const inputs = node.inputs.map((value) => used(shapes, value, node.name));
    inferAt(revived, inputs).forEach((shape, i) => define(shapes, node.outputs[i], shape, node.name));
    for (const { role, shape } of revived.op.params) params.set(node.params[role] ?? `${node.name}.${role}`, shape);
    return revived;
  });
  for (const { name, value } of data.outputs) used(shapes, value, name);
  const size = Math.max(-1, ...shapes.keys()) + 1;
  return {
    inputs: data.inputs,
    outputs: data.outputs,
    nodes,
    values: Array.from({ length: size }, (_, value) => ({ shape: shapes.get(value) ?? [] })),
    params: [...params].map(([name, shape]) => ({ name, shape })),
    modules: data.modules,
  };
}

function define(shapes: Map<number, Shape>, value: number | undefined, shape: Shape, place: string): void {
  if (value === undefined || !Number.isInteger(value) || value < 0 || value > 2 ** 24 || shapes.has(value)) {
    throw new GraphError(`${place}: value ${String(value)} cannot be written here`, { place, got: String(value) });
  }
  shapes.set(value, shape);
}

function used(shapes: ReadonlyMap<number, Shape>, value: number, place: string): Shape {
  const shape = shapes.get(value);
  if (shape) return shape;
  throw new GraphError(`${place}: value ${value} is used before it is written`, { place, got: String(value) });
}

/** Output shapes of a node; errors name its layer. */
export function inferAt(node: Pick<Node, 'name' | 'op'>, inputs: readonly Shape[]): Shape[] {
  try {
    return node.op.infer(inputs);
  } catch (error) {
    if (!(error instanceof ReceptiveError) || error.place !== undefined) throw error;
    const { expected, got, hint } = error;
    const Class = error.constructor as new (message: string, fields: object) => ReceptiveError;
    throw new Class(`${node.name}: ${error.message}`, { place: node.name, expected, got, hint });
  }
}
