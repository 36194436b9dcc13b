import { ArgumentError } from '../base/errors.js';
import { showValue } from '../base/show.js';
import type { Algorithm as Requested } from '../contract/words.js';

/** Those that a caller can ask for. */
export const ALGORITHMS = ['auto', 'naive', 'im2col', 'packed', 'winograd', 'blocked'] as const satisfies readonly Requested[];

/**
 * How convolutions are computed. 'auto' chooses for each one; the others are for comparing and learning: the loops of the formula,
 * im2col and a plain product, the same by blocks that stay in cache, the packed SIMD product, Winograd.
 */
export type Algorithm = (typeof ALGORITHMS)[number];

/** The algorithm. @throws ArgumentError naming those there are */
export function checkAlgorithm(algorithm: Algorithm): Algorithm {
  if (ALGORITHMS.includes(algorithm)) return algorithm;
  const expected = ALGORITHMS.join(', ');
  const got = showValue(algorithm);
  throw new ArgumentError(`algorithm: expected one of ${expected}, got ${got}`, { place: 'algorithm', expected, got });
}
