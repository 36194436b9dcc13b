import { createGlue } from '../../crates/pkg/glue.js';
import type { Variant } from './variant.js';

/** What of the engine is used here; see crates/wasm for the meaning of each call. */
export interface EngineApi {
  packedBytes(spec: Uint32Array): number;
  reserve(bytes: number): void;
  constant(data: Float32Array): number;
  filter(spec: Uint32Array, scale: Float64Array): number;
  filterRows(slot: number, firstRow: number, rows: Float32Array): void;
  compile(words: Uint32Array): number;
  inputPtr(program: number, input: number): number;
  inputLen(program: number, input: number): number;
  outputPtr(program: number, output: number): number;
  outputLen(program: number, output: number): number;
  run(program: number): void;
  runSteps(program: number, from: number, to: number): void;
  algorithm(program: number, step: number): string;
  programBytes(program: number): number;
  weightBytes(): number;
  release(program: number): void;
  free(): void;
}

/** A started module: its engine, its memory, and the variant it was compiled as. */
export interface Instance {
  readonly engine: EngineApi;
  /** Views of its buffer detach when it grows: make them anew for every use. */
  readonly memory: WebAssembly.Memory;
  readonly variant: Variant;
  /** Threads that compute, and why they are fewer than were wanted. */
  readonly threads: number;
  readonly threadsReason: string | undefined;
  /** Whether all of its threads are alive: with one missing, a run fails. */
  intact(): boolean;
}

/**
 * Starts a module on this thread alone. Each call has a memory of its own, so that models on one thread do not share a fate.
 * @param threadsReason - why it is one thread, where more were wanted
 */
export function instantiate(module: WebAssembly.Module, threadsReason?: string): Instance {
  const glue = createGlue();
  const { memory } = glue.initSync({ module });
  const variant = glue.variant() as Variant;
  return { engine: new glue.Engine(1), memory, variant, threads: 1, threadsReason, intact: () => true };
}
