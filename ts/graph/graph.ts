import { GraphError } from '../errors.js';
import { showValue } from '../tensor/tensor.js';
import type { Op } from './op.js';
import type { Shape } from './shape.js';

/** An operator at its place: what it reads and writes, by number of the value. */
export interface Node {
  /** Module path, as PyTorch's: `layer1.0.conv1`. */
  readonly name: string;
  /** @internal */
  readonly op: Op;
  /** Numbers of the values it reads. */
  readonly inputs: readonly number[];
  /** Numbers of the values it writes. */
  readonly outputs: readonly number[];
  /** Name of the tensor for each role of the operator's parameters. */
  readonly params: Readonly<Record<string, string>>;
}

/** A value that has a name from outside. */
export interface NamedValue {
  /** As `run` takes or gives it. */
  readonly name: string;
  /** Its number in the graph. */
  readonly value: number;
}

/** A parameter that a graph wants to be given. */
export interface Param {
  /** Module path and role, as PyTorch's: `layer1.0.conv1.weight`. */
  readonly name: string;
  /** Dimensions. */
  readonly shape: readonly number[];
}

/** A value of a graph. */
export interface GraphValue {
  /** Dimensions, NCHW for maps; null while open. */
  readonly shape: Shape;
}

/** A network without its weights: nodes in an order in which they can be computed. */
export interface Graph {
  /** What is given when it runs. */
  readonly inputs: readonly NamedValue[];
  /** What is answered. */
  readonly outputs: readonly NamedValue[];
  /** Operators. */
  readonly nodes: readonly Node[];
  /** Values by their numbers. */
  readonly values: readonly GraphValue[];
  /** Parameters that the option `weights` has to have, no more and no less. */
  readonly params: readonly Param[];
  /** What each module returns, by module path. */
  readonly modules: Readonly<Record<string, number>>;
}

/** Whether a value has the form of a graph. */
export function isGraph(value: unknown): value is Graph {
  return typeof value === 'object' && value !== null && 'nodes' in value && 'modules' in value && 'params' in value;
}

/**
 * The same network with other outputs: module paths (`layer1`, `features.2`) or the outputs it has. This is how to look
 * at what happens inside.
 * @throws GraphError naming what there is
 */
export function withOutputs(graph: Graph, names: readonly string[]): Graph {
  if (!isGraph(graph)) {
    const made = typeof graph === 'function' || (typeof graph === 'object' && graph !== null && 'run' in graph);
    const hint = made ? '; toGraph(layer) makes one of a layer, and a model is loaded from one' : '';
    refuse('withOutputs', 'a graph', showValue(graph), hint);
  }
  if (!Array.isArray(names) || names.length === 0) refuse('withOutputs', 'a list of names of outputs', Array.isArray(names) ? 'none' : showValue(names));
  const outputs = Array.from(names as readonly string[], (name): NamedValue => {
    const value = graph.outputs.find((output) => output.name === name)?.value ?? (Object.hasOwn(graph.modules, name) ? graph.modules[name] : undefined);
    if (value !== undefined) return { name, value };
    const known = [...graph.outputs.map((output) => output.name), ...Object.keys(graph.modules)];
    throw new GraphError(`${showValue(name)}: no module or output of this name; there are ${known.slice(0, 40).join(', ')}`, {
      place: showValue(name),
    });
  });
  return { ...graph, outputs };
}

function refuse(place: string, expected: string, got: string, hint = ''): never {
  throw new GraphError(`${place}: expected ${expected}, got ${got}${hint}`, { place, expected, got });
}
