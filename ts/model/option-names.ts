// The names of the options, tied to their types: one that is missing or too many here does not compile.
import { optionNames } from '../base/options.js';
import type { LoadOptions } from './load-options.js';

export const LOAD_OPTIONS = optionNames<LoadOptions>({
  weights: true, variant: true, threads: true, algorithm: true, externalData: true, optimize: 'boolean', outputs: true, maxQueue: true, idleTimeout: true, cache: true, integrity: true,
  externalIntegrity: true, retries: true, signal: true, onProgress: true, wasm: true, inputShapes: true, labels: true, preprocess: true, scores: true, transfer: 'boolean', locations: 'boolean',
});
