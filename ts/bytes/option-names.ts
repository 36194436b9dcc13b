// The names of the options, tied to their types: one that is missing or too many here does not compile.
import { optionNames } from '../base/options.js';
import type { CacheSpec } from './options.js';

export const CACHE_OPTIONS = optionNames<CacheSpec>({ version: true, folder: true });
