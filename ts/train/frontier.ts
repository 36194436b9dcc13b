import { UnsupportedError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { Graph, Node } from '../graph/graph.js';
import { neededNodes } from '../passes/drop.js';

/** Nodes with a parameter that learns, and those behind them: a gradient goes back through these alone. */
export function learningNodes({ nodes }: Graph, trainable: ReadonlySet<string>): Set<Node> {
  const values = new Set<number>();
  const found = new Set<Node>();
  for (const node of nodes) {
    const own = Object.values(node.params).some((name) => trainable.has(name));
    if (!own && !node.inputs.some((value) => values.has(value))) continue;
    found.add(node);
    node.outputs.forEach((value) => values.add(value));
  }
  return found;
}

/** A network in two: what never changes, and what learns from what that gives. */
export interface Halves {
  /** From the input of the network to `features`. */
  readonly backbone: Graph;
  /** From `features` to the outputs of the network. */
  readonly head: Graph;
}

/** The name of what goes from one half to the other. */
export const FEATURES = 'features';

/** @throws UnsupportedError where more than one value, or none, goes from what is frozen to what learns */
export function halvesOf(graph: Graph, trainable: ReadonlySet<string>): Halves {
  const learning = learningNodes(graph, trainable);
  const made = new Set([...learning].flatMap(({ outputs }) => outputs));
  const read = [...learning].flatMap(({ inputs }) => inputs).concat(graph.outputs.map(({ value }) => value));
  const [value, ...others] = new Set(read.filter((one) => !made.has(one)));
  const inputs = graph.inputs.map((input) => input.value);
  if (value === undefined || others.length > 0 || inputs.includes(value)) {
    const [expected, got] = ['one value that lies between layers that are frozen and those that learn', inputs.includes(value ?? -1) ? 'the input' : `${others.length + 1}`];
    wrong('trainable', expected, got, { as: UnsupportedError });
  }
  return {
    backbone: part(graph, neededNodes(graph.nodes, [value]), graph.inputs, [{ name: FEATURES, value }]),
    head: part(graph, [...learning], [{ name: FEATURES, value }], graph.outputs),
  };
}

/** A part of a graph between values. */
export function part(graph: Graph, nodes: readonly Node[], inputs: Graph['inputs'], outputs: Graph['outputs']): Graph {
  const read = new Set(nodes.flatMap(({ params }) => Object.values(params)));
  const values = new Set([...nodes.flatMap((node) => node.outputs), ...inputs.map(({ value }) => value)]);
  const modules = Object.fromEntries(Object.entries(graph.modules).filter(([, value]) => values.has(value)));
  return { inputs, outputs, nodes, values: graph.values, params: graph.params.filter(({ name }) => read.has(name)), modules };
}
