import { optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { PreprocessOptions } from '../../image/types.js';
import type { Labels } from '../labels.js';

/** How the output of a segmenter is read. What is not said is found by its shape. */
export interface SegmentSpec {
  /** A class of each pixel. */
  readonly kind: 'segment';
  /** Names of the classes, where the option `labels` says none. */
  readonly labels?: Labels | undefined;
  /** How pixels become the input, where neither call nor model say it. */
  readonly preprocess?: PreprocessOptions | undefined;
  /** Whether one map holds raw scores (`sigmoid`) or probabilities (`none`). Default: as the graph ends. */
  readonly scores?: 'sigmoid' | 'none' | undefined;
}

export const SEGMENT_SPEC = optionNames<SegmentSpec>({ kind: true, labels: true, preprocess: true, scores: true });

/** How pixels become the input where neither call nor model say it. */
export const USUAL = 'unit';

/** @throws ArgumentError for values that have no meaning */
export function checkSegmentSpec({ scores }: SegmentSpec, place: string): void {
  if (scores !== undefined && !['sigmoid', 'none'].includes(scores)) wrong(`${place}.scores`, 'sigmoid or none', showValue(scores));
}
