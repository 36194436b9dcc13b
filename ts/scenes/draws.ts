import { PURPOSES, Words } from '../train/data/philox.js';

/** What scenes are of: each kind has random numbers of its own. */
export const KINDS = { scenes: 0, codes: 1 } as const;

/** The random numbers of one scene. They depend on nothing but the seed, the kind and the number of the scene. */
export class Draws {
  private readonly words: Words;

  constructor(seed: bigint, kind: number, index: number) {
    this.words = new Words(seed, PURPOSES.scenes, kind, index);
  }

  /** 32 random bits. */
  word(): number {
    return this.words.word();
  }

  /** A number from `low` to below `high`. */
  between(low: number, high: number): number {
    return low + this.words.uniform() * (high - low);
  }

  /** A whole number from `low` to `high`, both among them. */
  whole(low: number, high: number): number {
    return low + this.words.below(high - low + 1);
  }

  /** Whether something happens that has this probability. */
  chance(probability: number): boolean {
    return this.words.uniform() < probability;
  }

  /** 1 or -1. */
  sign(): number {
    return this.chance(0.5) ? 1 : -1;
  }
}
