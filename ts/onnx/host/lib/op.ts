import { FormatError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import type { Attributes } from '../../form/attributes.js';
import type { HostTensor, OnnxGraph } from '../../form/types.js';
import type { Instance } from '../../../wasm/instance.js';

/** What an operator sees when it is computed outside of the engine. */
export interface HostContext {
  readonly op: string;
  /** Version of the operator set: what an operator means changes with it. */
  readonly opset: number;
  readonly attributes: Attributes;
  readonly inputs: readonly (HostTensor | undefined)[];
  /** Outputs that somebody reads are among the first so many. */
  readonly outputCount: number;
  /** The engine, where there is one: for what it does faster. */
  readonly instance?: Instance | undefined;
  /** Computes a subgraph, which sees the values around it. */
  run(graph: OnnxGraph, inputs: readonly HostTensor[]): readonly HostTensor[];
}

/** An operator as a function of tensors: what it must do, whatever types and shapes it is given. Inputs are not changed. */
export type Compute = (context: HostContext) => readonly HostTensor[];

/** An operator with what planning may know of it. */
export interface HostOp {
  readonly compute: Compute;
  /** Inputs of which it sees type and shape, but not the numbers. */
  readonly formOnly?: readonly number[];
  /** It makes a tensor of one number many times. */
  readonly fills?: true;
  /** It computes one of its subgraphs: the attribute of the one that its first input, this number, chooses. */
  readonly branch?: (condition: number) => string;
}

/** Operators by name; those of another domain than ONNX's as `domain:name`. Of most, planning need not know anything. */
export type HostOps = Readonly<Record<string, Compute | HostOp>>;

/** An input that must be there. */
export function required(context: HostContext, index: number): HostTensor {
  const input = context.inputs[index];
  if (input) return input;
  wrong(`input ${index}`, 'a tensor', 'none', { as: FormatError });
}

/** The numbers of a small input, such as axes or a shape. */
export function numbersOf(context: HostContext, index: number): number[] | undefined {
  const input = context.inputs[index];
  return input && Array.from(input.data);
}
