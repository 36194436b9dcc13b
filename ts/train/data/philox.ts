// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"), with the same bits as the
// kernels' `random` module.

const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const KEY_STEPS = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

/** What random numbers are for: two purposes never share a word. */
export const PURPOSES = { init: 0, shuffle: 1, dropout: 2, augmentation: 3, scenes: 4 } as const;

/** The upper half of the product of two words. */
function high(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  // Each sum stays below 2^32: (2^16 - 1)^2 + 2 (2^16 - 1).
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (other >>> 16)) >>> 0;
}

/** Writes the four words of a counter. */
export function philox4x32(key: readonly [number, number], counter: readonly [number, number, number, number], words: Uint32Array): void {
  let [k0, k1] = key;
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < ROUNDS; round++) {
    const upper = high(MULTIPLIERS[1], c2) ^ c1 ^ k0;
    const lower = high(MULTIPLIERS[0], c0) ^ c3 ^ k1;
    c1 = Math.imul(MULTIPLIERS[1], c2);
    c3 = Math.imul(MULTIPLIERS[0], c0);
    c0 = upper >>> 0;
    c2 = lower >>> 0;
    k0 = (k0 + KEY_STEPS[0]) >>> 0;
    k1 = (k1 + KEY_STEPS[1]) >>> 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** The words of one purpose, stream and step of a seed, one after the other. */
export class Words {
  private readonly key: readonly [number, number];
  private readonly words = new Uint32Array(4);
  private next = 0;

  /** @param seed - its lower 64 bits count */
  constructor(
    seed: bigint,
    private readonly purpose: number,
    private readonly stream: number,
    private readonly step: number,
  ) {
    this.key = [Number(seed & 0xffffffffn), Number((seed >> 32n) & 0xffffffffn)];
  }

  word(): number {
    const at = this.next % 4;
    if (at === 0) philox4x32(this.key, [(this.next / 4) >>> 0, this.step >>> 0, this.stream >>> 0, this.purpose], this.words);
    this.next++;
    return this.words[at]!;
  }

  /**
   * A whole number below `bound`, all equally likely (Lemire 2019, arXiv 1805.10941): the upper half of a product, except where the
   * lower half shows that some number would come once too often.
   */
  below(bound: number): number {
    let word = this.word();
    if (Math.imul(word, bound) >>> 0 < bound) {
      const least = (2 ** 32 - bound) % bound;
      while (Math.imul(word, bound) >>> 0 < least) word = this.word();
    }
    return high(word, bound);
  }

  /** A number of [0, 1) with 24 bits, all of which float32 holds. */
  uniform(): number {
    return (this.word() >>> 8) * 2 ** -24;
  }
}
