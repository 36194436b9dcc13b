import type { Init } from '../graph/rule.js';

/** The module of training, started: what is used of it. */
export interface TrainEngine {
  /** Compiles a descriptor. @throws an engine error, `memory` where it does not fit */
  compile(words: Uint32Array): number;
  release(program: number): void;
  /** A view of an input or an output, valid until something is compiled. */
  input(program: number, index: number): Float32Array;
  output(program: number, index: number): Float32Array;
  /** Runs the steps `from` to `to`. */
  runSteps(program: number, from: number, to: number): void;
  /** Initial values by seed and stream. */
  initial(init: Init, seed: bigint, stream: number, length: number): Float32Array<ArrayBuffer>;
  /** The numbers 0 to `length - 1`, shuffled by seed and round. */
  permutation(seed: bigint, round: number, length: number): Uint32Array;
  /** Numbers from 0 to below 1. */
  uniforms(seed: bigint, stream: number, round: number, length: number): Float32Array;
  bytes(program: number): number;
  readonly variant: string;
  readonly threads: number;
}
