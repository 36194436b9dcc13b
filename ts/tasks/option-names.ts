// The names of the options, tied to their types: one that is missing or too many here does not compile.
import { optionNames } from '../base/options.js';
import type { KnownOptions } from '../base/options.js';
import type { ClassifyOptions } from './classify.js';
import type { DetectOptions } from './detect/detect.js';
import type { EmbedOptions } from './embed.js';
import type { PhotoCall } from './photo-tasks.js';
import type { SegmentOptions } from './segment/segment.js';

const PHOTO = { preprocess: true, exact: 'boolean', maxPixels: true } as const;

export const CLASSIFY_OPTIONS = optionNames<ClassifyOptions>({ ...PHOTO, topK: true, labels: true, scores: true });

/** Of each call about a photo. */
export const PHOTO_OPTIONS: Readonly<Record<PhotoCall, KnownOptions>> = {
  classify: CLASSIFY_OPTIONS,
  detect: optionNames<DetectOptions>({ ...PHOTO, score: true, iou: true, max: true, classes: true, labels: true, agnostic: 'boolean', method: true, candidates: true, tiles: true }),
  segment: optionNames<SegmentOptions>({ ...PHOTO, threshold: true, labels: true, resize: true, soft: 'boolean', scores: true }),
  embed: optionNames<EmbedOptions>({ ...PHOTO, normalize: 'boolean' }),
};
