import { ShapeError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showShape, showValue } from '../base/show.js';
import { isGraph } from '../graph/graph.js';
import type { Graph } from '../graph/graph.js';
import { neededNodes } from '../passes/drop.js';
import { summarizeLayers } from './layers.js';
import type { LayerSummary } from './layers.js';
import { concreteShapes } from './shapes.js';

/** What a network is made of and what it costs, before it has weights. */
export interface GraphSummary {
  /** Inputs with the shapes that were given, or that the graph has. */
  readonly inputs: readonly {
    /** As the graph names it. */
    readonly name: string;
    /** [N, C, H, W] for maps. */
    readonly shape: readonly number[];
  }[];
  /** In the graph's order; those that no output needs are not counted. */
  readonly layers: readonly Omit<LayerSummary, 'steps'>[];
  /** Numbers in all parameters of these layers; what several layers share counts once. */
  readonly params: number;
  /** Multiply-adds of one run. */
  readonly macs: number;
}

/**
 * Counts a network's layers, parameters and multiply-adds, as `model.summary()` does, without weights and without an engine.
 * @param shapes - of the inputs, in their order; needed where the graph leaves a dimension open
 * @throws ShapeError for an input whose shape stays open, or that a layer cannot take
 */
export function graphSummary(graph: Graph, shapes: readonly (readonly number[])[] = []): GraphSummary {
  if (!isGraph(graph)) wrong('graphSummary', 'a graph', showValue(graph), { hint: typeof graph === 'function' ? 'toGraph(layer) makes one of a layer' : undefined });
  const given = graph.inputs.map(({ name, value }, at) => {
    const shape = shapes[at] ?? graph.values[value]?.shape ?? [];
    if (!shape.every((size): size is number => Number.isInteger(size) && Number(size) > 0)) {
      wrong('graphSummary', `whole numbers for the shape of input ${name}`, showShape(shape), { as: ShapeError, hint: 'the second argument gives the shapes of the inputs' });
    }
    return shape;
  });
  const layers = summarizeLayers(graph, concreteShapes(graph, given), []).map(({ steps: _steps, ...layer }) => layer);
  const read = new Set(neededNodes(graph.nodes, graph.outputs.map(({ value }) => value)).flatMap(({ params }) => Object.values(params)));
  return {
    inputs: graph.inputs.map(({ name }, at) => ({ name, shape: given[at]! })),
    layers,
    params: graph.params.reduce((sum, { name, shape }) => sum + (read.has(name) ? shape.reduce((product, size) => product * size, 1) : 0), 0),
    macs: layers.reduce((sum, { macs }) => sum + macs, 0),
  };
}
