// The names of the options, tied to their types: one that is missing or too many here does not compile.
import type { ClassifyOptions } from './engine/classify.js';
import type { CacheSpec } from './fetch/options.js';
import type { LoadOptions } from './load-options.js';
import type { PoolLoadOptions, PoolOptions } from './pool/pool.js';
import type { RunOptions } from './worker/callable.js';

const names = <Options>(known: Readonly<Record<keyof Options, 1>>): readonly string[] => Object.keys(known);

/** Of the options of `load`, those that a pool takes itself or has no use for. */
const NOT_POOLED = names<Omit<LoadOptions, keyof PoolLoadOptions>>({
  threads: 1, transfer: 1, maxQueue: 1, idleTimeout: 1, signal: 1, onProgress: 1, locations: 1,
});

export const LOAD_OPTIONS = names<LoadOptions>({
  weights: 1, variant: 1, threads: 1, algorithm: 1, externalData: 1, optimize: 1, maxQueue: 1, idleTimeout: 1, cache: 1, integrity: 1,
  externalIntegrity: 1, retries: 1, signal: 1, onProgress: 1, wasm: 1, inputShapes: 1, labels: 1, preprocess: 1, transfer: 1, locations: 1,
});
export const POOL_OPTIONS = names<PoolOptions>({
  model: 1, size: 1, options: 1, retry: 1, maxQueue: 1, idleTimeout: 1, locations: 1, signal: 1, onProgress: 1,
});
export const POOL_LOAD_OPTIONS = LOAD_OPTIONS.filter((name) => !NOT_POOLED.includes(name));
export const CACHE_OPTIONS = names<CacheSpec>({ version: 1, folder: 1 });
export const RUN_OPTIONS = names<RunOptions>({ signal: 1, transfer: 1 });
export const CLASSIFY_OPTIONS = names<ClassifyOptions>({ topK: 1, labels: 1, preprocess: 1 });
