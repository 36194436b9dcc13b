/** The digits of the chapter, in both orders of their pixels. */
import { seededRandom } from 'receptive/train';
import { digits } from '../../engine/digits.js';
import { PIXELS, shuffledSet } from './data.js';
import { ownDigits } from './own.js';
import type { Sources } from './session.js';

export interface BothSources {
  readonly inPlace: Sources;
  readonly shuffled: Sources;
}

/** One permutation for all digits of all visits, so that results can be compared. */
const SEED = 1;

/** @throws TypeError or Error where the digits cannot be fetched */
export async function fetchSources(): Promise<BothSources> {
  const [train, test] = await Promise.all([digits('train'), digits('test')]);
  const order = seededRandom(SEED).permutation(0, PIXELS);
  return {
    inPlace: { train, test, own: () => ownDigits(undefined) },
    shuffled: { train: shuffledSet(train, order), test: shuffledSet(test, order), own: () => ownDigits(order) },
  };
}
