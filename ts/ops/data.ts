import { GraphError, ReceptiveError } from '../base/errors.js';
import { failed, wrong } from '../base/wrong.js';
import type { Graph, Node } from '../graph/graph.js';
import { inferAt } from '../graph/infer.js';
import { createOp } from './all.js';
import type { Shape } from '../tensor/shape.js';
import type { GraphData } from '../graph/to-data.js';
import { showValue } from '../base/show.js';

export { graphToData } from '../graph/to-data.js';
export type { GraphData, NodeData } from '../graph/to-data.js';

/**
 * The graph that the data describes: operators made anew, shapes inferred and every reference checked, so that a
 * hostile file is refused here.
 * @throws GraphError for what is no graph, an operator that there is not or a reference to nothing; ArgumentError, ShapeError or
 *   GeometryError where an operator or its attributes do not fit
 */
export function graphFromData(data: GraphData): Graph {
  try {
    return revive(data);
  } catch (error) {
    if (error instanceof ReceptiveError) throw error;
    const got = error instanceof Error ? error.message : String(error);
    failed(undefined, 'the graph is not well formed', got, { as: GraphError, cause: error });
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
    for (const { role, shape } of revived.op.params) params.set(paramName(node, role), shape);
    return revived;
  });
  if (data.outputs.length === 0) wrong('graph: outputs', 'at least one', 'none', { as: GraphError });
  for (const { name, value } of data.outputs) used(shapes, value, name);
  for (const [name, value] of Object.entries(data.modules)) used(shapes, value, name);
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

/** What the tensor is called that a node has under a role. @throws GraphError where it says none */
function paramName({ name, params }: Pick<Node, 'name' | 'params'>, role: string): string {
  const found: unknown = params[role];
  if (typeof found === 'string') return found;
  const [expected, got] = [`the name of a tensor for ${role}`, found === undefined ? 'none' : showValue(found)];
  wrong(`${name}.${role}`, expected, got, { as: GraphError });
}

function define(shapes: Map<number, Shape>, value: number | undefined, shape: Shape, place: string): void {
  if (value === undefined || !Number.isInteger(value) || value < 0 || value > 2 ** 24 || shapes.has(value)) {
    wrong(place, 'a value that can be written here', `value ${showValue(value)}`, { as: GraphError });
  }
  shapes.set(value, shape);
}

function used(shapes: ReadonlyMap<number, Shape>, value: number, place: string): Shape {
  const shape = shapes.get(value);
  if (shape) return shape;
  wrong(place, 'a value that is written before', `value ${showValue(value)}`, { as: GraphError });
}
