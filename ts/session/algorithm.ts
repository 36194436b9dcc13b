import { ArgumentError } from '../base/errors.js';

/**
 * How convolutions are computed. 'auto' chooses for each one; the others are for comparing and learning: the loops of the formula,
 * im2col and a plain product, the same by blocks that stay in cache, the packed SIMD product, Winograd.
 */
export type Algorithm = 'auto' | 'naive' | 'im2col' | 'blocked' | 'packed' | 'winograd';

/** The engine's words for them. */
export const ALGORITHMS: Readonly<Record<Algorithm, number>> = { auto: 0, naive: 1, im2col: 2, packed: 3, winograd: 4, blocked: 5 };

/** The number of an algorithm. @throws ArgumentError naming those there are */
export function algorithmWord(algorithm: Algorithm): number {
  if (Object.hasOwn(ALGORITHMS, algorithm)) return ALGORITHMS[algorithm];
  const expected = Object.keys(ALGORITHMS).join(', ');
  const got = String(algorithm);
  throw new ArgumentError(`algorithm: expected one of ${expected}, got ${got}`, { place: 'algorithm', expected, got });
}
