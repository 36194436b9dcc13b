import type { Ending } from '../graph/ending.js';
import type { AnyTensor } from '../tensor/tensor.js';
import type { InputShapes, Inputs, Port } from './inputs.js';
import type { Interrupted } from './interrupt.js';
import type { Profile } from './profile.js';
import type { Summary } from './summary.js';
import type { Variant } from '../wasm/variant.js';

/** Bytes that a model holds. */
export interface MemoryUse {
  /** Packed weights, shared by all plans. */
  readonly weights: number;
  /** Arenas and scratch of the plans that are kept. */
  readonly activations: number;
  /** All of the WebAssembly memory, which grows but never shrinks. */
  readonly total: number;
}

/** A model that gives the features of its classifier in place of scores. */
export interface Features {
  /** Shares weights and engine with the model, and ends with it. */
  readonly session: Runnable;
  /** What it gives. */
  readonly output: string;
  /** In which dimension of that the features are. */
  readonly features: 'second' | 'last';
  /** Whether the model joins the scores of several places; where it does not, the features have to be of one place. */
  readonly joined: boolean;
}

/** A model that is ready to run on this thread, wherever it came from. */
export interface Runnable {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly variant: Variant;
  /** Threads that compute, and why they are fewer than were wanted. */
  readonly threads: number;
  readonly threadsReason: string | undefined;
  /** Whether the engine pairs vectors, and why not, where that was wanted. */
  readonly wide: boolean;
  readonly wideReason: string | undefined;
  /** Computes the outputs by name, in memory of their own. @throws AbortedError when interrupted between two steps */
  run(inputs: Inputs, interrupted?: Interrupted): Record<string, AnyTensor>;
  /** Plans for these shapes and runs once on zeros. */
  warmup(inputShapes?: InputShapes): void;
  /** Plans for the shapes that are given or follow from the model; without either, does nothing. */
  prepare(inputShapes?: InputShapes): void;
  summary(inputShapes?: InputShapes): Summary;
  profile(inputs: Inputs, iterations?: number): Profile;
  memory(): MemoryUse;
  /** The same model up to what its classifier reads; planned when it first runs. @throws UnsupportedError where there is no classifier */
  features(): Features;
  /** What the numbers of the first output are. */
  readonly ending: Ending;
  /** Whether it can go on: it cannot after a trap, nor without one of its threads. */
  readonly usable: boolean;
  dispose(): void;
}
