import { wrong } from '../../base/wrong.js';
import { showValue } from '../../base/show.js';
import { PURPOSES, Words } from './philox.js';

/** Random numbers that depend on nothing but their name. */
export interface RandomSource {
  /** The numbers 0 to `length - 1` in the random order of a round (an epoch). */
  permutation(round: number, length: number): Uint32Array;
  /** `length` numbers of [0, 1) of a stream (what they are for) in a round (a step). */
  uniforms(stream: number, round: number, length: number): Float32Array;
}

/**
 * The random numbers of a seed, by Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), computed without
 * WebAssembly; a training engine gives the same bits.
 * @param seed - a whole number from 0 to 2^53 - 1, or a bigint below 2^64
 * @throws ArgumentError for any other seed
 */
export function seededRandom(seed: number | bigint): RandomSource {
  const key = keyOf('seed', seed);
  return {
    permutation: (round, length) => permutation(new Words(key, PURPOSES.shuffle, 0, round), length),
    uniforms: (stream, round, length) => {
      const words = new Words(key, PURPOSES.augmentation, stream, round);
      return Float32Array.from({ length }, () => words.uniform());
    },
  };
}

/** The key of a seed. @throws ArgumentError naming the place, for what is no seed */
export function keyOf(place: string, seed: number | bigint): bigint {
  const fits = typeof seed === 'bigint' ? seed >= 0n && seed < 1n << 64n : Number.isSafeInteger(seed) && seed >= 0;
  if (!fits) wrong(place, 'a whole number from 0 on, below 2^64', typeof seed === 'bigint' ? String(seed) : showValue(seed));
  return BigInt(seed);
}

/** A random order of the numbers 0 to `length - 1`, by Fisher and Yates' method (Durstenfeld 1964). */
export function permutation(words: Words, length: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let last = length - 1; last > 0; last--) {
    const other = words.below(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}
