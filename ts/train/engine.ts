import type { Init } from '../graph/rule.js';
import type { Variant } from '../wasm/variant.js';

/** The name of the layer that a step belongs to. */
export type LayerOf = (step: number) => string | undefined;

/** The module of training, started: what is used of it. */
export interface TrainEngine {
  /**
   * Compiles a descriptor.
   * @param layerOf - the layer that a step belongs to, for errors
   * @throws an engine error, of code `engine/memory` where it does not fit
   */
  compile(words: Uint32Array, layerOf?: LayerOf): number;
  release(program: number): void;
  /** A view of an input or an output, valid until something is compiled or drawn: memory may grow then. */
  input(program: number, index: number): Float32Array;
  output(program: number, index: number): Float32Array;
  /** Runs the steps `from` to `to`. */
  runSteps(program: number, from: number, to: number): void;
  /** Initial values by seed and stream. */
  initial(init: Init, seed: bigint, stream: number, length: number): Float32Array<ArrayBuffer>;
  /** The numbers 0 to `length - 1`, shuffled by seed and round. */
  permutation(seed: bigint, round: number, length: number): Uint32Array<ArrayBuffer>;
  /** Numbers from 0 to below 1. */
  uniforms(seed: bigint, stream: number, round: number, length: number): Float32Array<ArrayBuffer>;
  /** Bytes that one more program may have at most. */
  room(): number;
  /** Bytes of a program's arena and scratch. */
  bytes(program: number): number;
  readonly variant: Variant;
  /** Threads that compute, and why they are fewer than were wanted. */
  readonly threads: number;
  readonly threadsReason: string | undefined;
}
