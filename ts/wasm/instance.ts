import { createGlue } from '../../crates/pkg/glue.js';
import type { Variant } from './variant.js';
import type { Width } from './wide.js';

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

/** A photo that becomes an input; see `Photo` in crates/wasm. */
export interface PhotoApi {
  nextRow(): number;
  endRow(): number;
  rowsPtr(): number;
  rowsLen(): number;
  push(count: number): void;
  outPtr(): number;
  outLen(): number;
  free(): void;
}

/** Scores or boxes of a detector, and what was found among them; see `Boxes` in crates/wasm. */
export interface BoxesApi {
  floatsPtr(): number;
  groupsPtr(): number;
  scan(words: Uint32Array, threshold: number): number;
  suppress(words: Uint32Array, iou: number, sigma: number, floor: number): number;
  foundPtr(): number;
  free(): void;
}

/** A started module: its engine, its memory, and the variant it was compiled as. */
export interface Instance extends Partial<Width> {
  readonly engine: EngineApi;
  /** Starts taking in a photo. @throws an engine error for sizes that are impossible or do not fit into memory */
  readonly photo: (words: Uint32Array, tables: Float32Array, fills: Float32Array) => PhotoApi;
  /** Room for numbers of boxes, and for a group of each. @throws an engine error where they do not fit into memory */
  readonly boxes: (floats: number, groups: number) => BoxesApi;
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
  const photo: Instance['photo'] = (...how) => new glue.Photo(...how);
  const boxes: Instance['boxes'] = (floats, groups) => new glue.Boxes(floats, groups);
  return { engine: new glue.Engine(1), photo, boxes, memory, variant, threads: 1, threadsReason, intact: () => true };
}
