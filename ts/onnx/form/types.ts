import type { ByteSource } from '../../formats/stored.js';

/** The largest finite float32. */
export const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/** Element types of ONNX that are computed in. */
export type OnnxDtype =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool';

/** Where numbers are kept. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/**
 * A tensor outside of the engine, row-major. 16-bit floats are kept as float32 that a 16-bit float can hold; 64-bit
 * integers as doubles that are integers, exact to 2^53; bool as 0 and 1.
 */
export interface HostTensor {
  readonly dtype: OnnxDtype;
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** A subgraph, or the graph of a model. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Constant>;
  readonly inputs: readonly OnnxPort[];
  /** Inputs that are an initializer where they are not given. */
  readonly defaults: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** What the file says of a value inside; undefined where it does not. @throws UnsupportedError for a type that is not computed in */
  readonly portOf?: (name: string) => OnnxPort | undefined;
}

/** A named input or output; dimensions are numbers, or symbols where they are open. No shape at all where it is unknown. */
export interface OnnxPort {
  readonly name: string;
  readonly dtype: OnnxDtype | undefined;
  readonly shape: readonly (number | string)[] | undefined;
}

export interface OnnxNode {
  /** Its own name, or one made of operator and first output. */
  readonly name: string;
  readonly op: string;
  /** '' for ONNX itself. */
  readonly domain: string;
  /** Names of values; '' for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Version of the operator set of its domain. */
  readonly opset: number;
}

/** What attributes hold, by kind. */
export interface AttributeKinds {
  readonly int: number;
  readonly float: number;
  readonly string: string;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly strings: readonly string[];
  readonly tensor: Constant;
  readonly graph: OnnxGraph;
  /** Of a function's node: the attribute of the call whose value it has. */
  readonly ref: string;
  /** Anything else; refused where it is asked for. */
  readonly other: string;
}

export type AttributeValue = {
  [Kind in keyof AttributeKinds]: { readonly kind: Kind; readonly value: AttributeKinds[Kind] };
}[keyof AttributeKinds];

/** A tensor that the file holds; its numbers are read when they are needed. */
export interface Constant {
  readonly dtype: OnnxDtype;
  readonly shape: readonly number[];
  /** Bytes as they lie in a file, little-endian; none where the file spells the numbers out one by one. */
  readonly source: ByteSource | undefined;
  /** @throws FormatError if the bytes do not fit the shape */
  tensor(): HostTensor;
}

/** What a file says. */
export interface OnnxModel {
  readonly graph: OnnxGraph;
  readonly producer: string;
  /** What whoever wrote the file says of the model, in words of their own. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly irVersion: number;
  readonly opsets: ReadonlyMap<string, number>;
  /** Model-local functions by `domain:name`. */
  readonly functions: ReadonlyMap<string, OnnxFunction>;
}

/** A function of a model: its nodes stand for the node that calls it. */
export interface OnnxFunction {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  /** Attributes that a call may leave out. */
  readonly defaults: ReadonlyMap<string, AttributeValue>;
}
