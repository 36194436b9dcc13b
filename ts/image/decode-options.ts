import { wrong } from '../base/wrong.js';
import { DECODE_OPTIONS } from './option-names.js';
import { checkOptions } from '../base/options.js';
import { showValue } from '../base/show.js';
import { DEFAULT_MAX_PIXELS } from './decoded.js';
import type { DecodeRequest } from './decoded.js';
import type { DecodeOptions } from './types.js';

/** What the options of `decodeImage` ask for: every pixel. @throws ArgumentError naming the option that is none, or has no meaning */
export function decodeRequest(options: DecodeOptions | undefined): DecodeRequest {
  checkOptions('decodeImage', options, DECODE_OPTIONS);
  return { maxPixels: maxPixelsOf(options, 'decodeImage: maxPixels') };
}

/** @throws ArgumentError for what is no number of pixels */
export function maxPixelsOf({ maxPixels = DEFAULT_MAX_PIXELS }: DecodeOptions = {}, place = 'maxPixels'): number {
  if (Number.isSafeInteger(maxPixels) && maxPixels >= 1) return maxPixels;
  wrong(place, 'a whole number from 1 on', showValue(maxPixels));
}
