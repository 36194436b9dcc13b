import type { Op } from './op.js';
import type { Shape } from '../tensor/shape.js';

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
