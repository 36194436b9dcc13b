// The names of the options, tied to their types: one that is missing or too many here does not compile.
import { optionNames } from '../base/options.js';
import type { ClassifyOptions } from './classify.js';

export const CLASSIFY_OPTIONS = optionNames<ClassifyOptions>({ topK: true, labels: true, preprocess: true, scores: true, exact: 'boolean', maxPixels: true });
