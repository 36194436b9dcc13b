import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';
import type { Algorithm as Requested } from '../contract/words.js';

/**
 * How convolutions are computed. 'auto' chooses for each one; the others are for comparing and learning: the loops of the formula,
 * im2col and a plain product, the same by blocks that stay in cache, the packed SIMD product, Winograd
 * (Lavin and Gray 2015, arXiv 1509.09308).
 */
export type Algorithm = 'auto' | 'naive' | 'im2col' | 'packed' | 'winograd' | 'blocked';

/** Those that a caller can ask for. */
export const ALGORITHMS = ['auto', 'naive', 'im2col', 'packed', 'winograd', 'blocked'] as const satisfies readonly (Algorithm & Requested)[];

/** The algorithm. @throws ArgumentError naming those there are */
export function checkAlgorithm(algorithm: Algorithm): Algorithm {
  if (ALGORITHMS.includes(algorithm)) return algorithm;
  const expected = ALGORITHMS.join(', ');
  const got = showValue(algorithm);
  wrong('algorithm', `one of ${expected}`, got);
}
