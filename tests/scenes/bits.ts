import { codes } from '../../ts/scenes/codes.js';
import { scenes } from '../../ts/scenes/scenes.js';
import { clockDigits, hashOf } from './support.js';

/** What is the same in all engines: hashes of the first pictures, masks and boxes of some seeds. */
export function sceneHashes(): readonly number[] {
  const digits = clockDigits();
  const sources = [scenes({ digits, count: 6 }), scenes({ digits, seed: (1n << 64n) - 1n, size: 63, count: 6 }), codes({ digits, seed: 7, count: 6 })];
  return sources.map((source) => hashOf(...[...source].flatMap(({ image, mask, instances, boxes }) => [image, mask, instances, ...boxes.map(Object.values)])));
}

/** Made by Node; a change of the pictures changes them, and what networks have learned no longer belongs to them. */
export const PINNED: readonly number[] = [693776376, 2830910301, 4241828833];
