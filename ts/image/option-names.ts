// The names of the options, tied to their types: one that is missing or too many here does not compile.
import { optionNames } from '../base/options.js';
import type { DecodeOptions } from './types.js';

export const DECODE_OPTIONS = optionNames<DecodeOptions>({ maxPixels: true });
