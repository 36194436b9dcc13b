import { GraphError, ShapeError } from '../base/errors.js';
import { inferAt } from '../graph/infer.js';
import type { Graph } from '../graph/graph.js';
import { showShape } from '../base/show.js';

/**
 * The shape of every value of the graph, for concrete input shapes in the order of the inputs.
 * @throws ShapeError or GeometryError naming the layer that cannot be computed
 */
export function concreteShapes(graph: Graph, inputShapes: readonly (readonly number[])[]): (readonly number[])[] {
  const shapes: (readonly number[])[] = graph.values.map(() => []);
  graph.inputs.forEach(({ value, name }, i) => {
    const shape = inputShapes[i];
    if (!shape) throw new ShapeError(`${name}: no shape was given`, { place: name });
    shapes[value] = shape;
  });
  for (const node of graph.nodes) {
    const inferred = inferAt(node, node.inputs.map((input) => shapes[input] ?? []));
    node.outputs.forEach((output, i) => {
      const shape = inferred[i] ?? [];
      if (!isConcrete(shape)) throw new GraphError(`${node.name}: shape ${showShape(shape)} stays open`, { place: node.name });
      shapes[output] = shape;
    });
  }
  return shapes;
}

function isConcrete(shape: readonly (number | null)[]): shape is readonly number[] {
  return !shape.includes(null);
}
