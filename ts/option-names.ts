// The names of the options, tied to their types: one that is missing or too many here does not compile.
import type { ClassifyOptions } from './engine/classify.js';
import type { CacheSpec } from './fetch/options.js';
import type { DecodeOptions } from './image/types.js';
import type { LoadOptions } from './load-options.js';
import { optionNames } from './options.js';
import type { PoolLoadOptions, PoolOptions } from './pool/pool.js';
import type { RunOptions } from './worker/callable.js';

/** Of the options of `load`, those that a pool takes itself or has no use for. */
const NOT_POOLED = optionNames<Omit<LoadOptions, keyof PoolLoadOptions>>({
  threads: true, transfer: 'boolean', maxQueue: true, idleTimeout: true, signal: true, onProgress: true, locations: 'boolean',
});

export const LOAD_OPTIONS = optionNames<LoadOptions>({
  weights: true, variant: true, threads: true, algorithm: true, externalData: true, optimize: 'boolean', outputs: true, maxQueue: true, idleTimeout: true, cache: true, integrity: true,
  externalIntegrity: true, retries: true, signal: true, onProgress: true, wasm: true, worker: true, inputShapes: true, labels: true, preprocess: true, scores: true, transfer: 'boolean', locations: 'boolean',
});
export const POOL_OPTIONS = optionNames<PoolOptions>({
  model: true, size: true, options: true, retry: true, maxQueue: true, idleTimeout: true, locations: 'boolean', signal: true, onProgress: true,
});
export const POOL_LOAD_OPTIONS = Object.fromEntries(Object.entries(LOAD_OPTIONS).filter(([name]) => !(name in NOT_POOLED)));
export const CACHE_OPTIONS = optionNames<CacheSpec>({ version: true, folder: true });
export const RUN_OPTIONS = optionNames<RunOptions>({ signal: true, transfer: 'boolean' });
export const CLASSIFY_OPTIONS = optionNames<ClassifyOptions>({ topK: true, labels: true, preprocess: true, scores: true, exact: 'boolean', maxPixels: true });
export const DECODE_OPTIONS = optionNames<DecodeOptions>({ maxPixels: true });
