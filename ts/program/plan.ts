import type { TensorSource } from '../formats/stored.js';
import type { Graph } from '../graph/graph.js';
import { runPasses } from '../passes/index.js';
import { Emitter } from './emit.js';
import { findJoins } from './joins.js';
import { summarizeLayers } from './layers.js';
import type { LayerSummary } from './layers.js';
import { concreteShapes } from './shapes.js';
import { encode } from './words.js';
import { WeightTable } from './weights.js';
import type { WeightRequest } from './weights.js';

export type { LayerSummary, WeightRequest };

/** A value at the surface, NCHW. */
export interface PlannedPort {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A step, for profiles. */
export interface PlannedStep {
  readonly layer: string;
  readonly type: string;
}

/** How a graph is computed for one set of input shapes. */
export interface Plan {
  /** Weights in the order in which the words refer to them. */
  readonly weights: readonly WeightRequest[];
  /** The engine's descriptor, once it is known where the weights are. */
  readonly words: (slot: (weight: number) => number) => Uint32Array;
  readonly inputs: readonly PlannedPort[];
  readonly outputs: readonly PlannedPort[];
  readonly steps: readonly PlannedStep[];
  readonly layers: readonly LayerSummary[];
}

export interface PlanOptions {
  /** Default true; false plans every node as it stands. */
  readonly optimize?: boolean | undefined;
}

/**
 * Plans a graph for concrete input shapes, in the order of its inputs.
 * @throws ShapeError or GeometryError naming the layer that cannot be computed
 */
export function buildPlan(
  graph: Graph,
  inputShapes: readonly (readonly number[])[],
  source: TensorSource,
  { optimize = true }: PlanOptions = {},
): Plan {
  const shapes = concreteShapes(graph, inputShapes);
  const work = runPasses(graph, shapes, optimize);
  const weights = new WeightTable(source);
  const declared = graph.values.map(({ shape }) => shape);
  const readsMaps = work.nodes.some(({ op }) => op.layouts.reads === 'nhwc');
  const emitter = new Emitter(weights, shapes, declared, optimize ? findJoins(work) : new Map(), readsMaps);
  const inputs = graph.inputs.map(({ value }) => emitter.input(value));
  for (const node of work.nodes) emitter.node(node);
  // work.outputs differ from the graph's where an identity was dropped.
  const outputs = work.outputs.map((value) => emitter.output(value));
  const { lens, steps } = emitter;
  const port = ({ name, value }: { name: string; value: number }): PlannedPort => ({ name, shape: shapes[value] ?? [] });
  return {
    weights: weights.requests,
    words: (slot) => encode({ lens, inputs, outputs, steps }, slot),
    inputs: graph.inputs.map(port),
    outputs: graph.outputs.map(port),
    steps: steps.map(({ node }) => ({ layer: node?.name ?? '(layout)', type: node?.origin.op.type ?? 'Transpose' })),
    layers: summarizeLayers(graph, shapes, steps),
  };
}
