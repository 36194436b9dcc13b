import type { Step } from '../contract/word.js';
import type { EmitContext, Json, Layout, Op, OpFactory, Placed } from './op.js';

/** What an operator may ask for while it becomes steps of a program that learns: its parameters are values there. */
export interface TrainContext extends EmitContext {
  /** Whether the node is being trained: BatchNorm takes the statistics of the batch then, and dropout drops. */
  readonly training: boolean;
  /** The value that has what changes from run to run: `hyper` of the contract. */
  readonly hyper: number;
  /** The place of the operator among those that draw random numbers. */
  readonly stream: number;
  /** A parameter. */
  param(role: string): Placed;
  /** A parameter that the operator may lack. */
  optional(role: string): Placed | undefined;
  /** A value of its own. */
  value(shape: readonly number[], layout?: Layout): Placed;
  /** A step that changes what the operator keeps from run to run; it waits until the run has turned out to be finite. */
  later(step: Step): void;
  /** Whether the gradient of a value or parameter is wanted. */
  wants(of: Placed): boolean;
  /** Adds to the gradient of a value or parameter, where it is wanted: `write` is given a value of its form to write. */
  gradient(of: Placed, write: (d: Placed) => void): void;
  /** Adds a value that is there already. */
  pass(of: Placed, d: Placed): void;
}

/** How a parameter begins: a constant, or drawn at random, as by PyTorch's functions of these names. */
export type Init =
  | { readonly kind: 'constant'; readonly value: number }
  /** Evenly from -bound to bound. */
  | { readonly kind: 'uniform'; readonly bound: number }
  /** With mean 0. */
  | { readonly kind: 'normal'; readonly std: number }
  /** He et al. 2015, arXiv 1502.01852: `fan` is the number of inputs of an output, or of outputs of an input. */
  | { readonly kind: 'kaimingUniform' | 'kaimingNormal'; readonly fan: number; readonly gain: number }
  /** Glorot and Bengio 2010. */
  | { readonly kind: 'xavierUniform' | 'xavierNormal'; readonly fanIn: number; readonly fanOut: number; readonly gain: number }
  /** Saxe et al. 2013, arXiv 1312.6120: `rows` is the first dimension of the weight, the others are taken as one. */
  | { readonly kind: 'orthogonal'; readonly rows: number; readonly gain: number };

/** How an operator learns. Values that `forward` returns are given to `backward`. */
export interface TrainRule<A extends Json = Json> {
  readonly op: OpFactory<A>;
  /** How its parameters begin, by role: as PyTorch's layers do. */
  init?(attrs: A): Readonly<Record<string, Init>>;
  /** The same operator with a bias, where each output channel is a row of its weight: a BatchNorm can be multiplied into it. */
  biased?(attrs: A): Op;
  /** What it computes while it is trained; as at inference where it has no parameters. */
  forward?(attrs: A, context: TrainContext): readonly Placed[];
  /**
   * Adds to the gradients of its inputs and parameters.
   * @param dy - the gradient of its output, in the same layout
   */
  backward(attrs: A, context: TrainContext, dy: Placed, kept: readonly Placed[]): void;
}
