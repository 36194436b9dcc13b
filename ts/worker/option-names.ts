// The names of the options, tied to their types: one that is missing or too many here does not compile.
import { optionNames } from '../base/options.js';
import { LOAD_OPTIONS } from '../model/load-options.js';
import type { LoadOptions } from '../model/load-options.js';
import type { RunOptions } from './callable.js';
import type { PoolLoadOptions, PoolOptions } from './pool.js';

/** Of the options of `load`, those that a pool takes itself or has no use for. */
const NOT_POOLED = optionNames<Omit<LoadOptions, keyof PoolLoadOptions>>({
  threads: true, transfer: 'boolean', maxQueue: true, idleTimeout: true, signal: true, onProgress: true, locations: 'boolean',
});

export const POOL_OPTIONS = optionNames<PoolOptions>({
  model: true, size: true, options: true, retry: true, maxQueue: true, idleTimeout: true, locations: 'boolean', signal: true, onProgress: true,
});
export const POOL_LOAD_OPTIONS = Object.fromEntries(Object.entries(LOAD_OPTIONS).filter(([name]) => !(name in NOT_POOLED)));
export const RUN_OPTIONS = optionNames<RunOptions>({ signal: true, transfer: 'boolean' });
