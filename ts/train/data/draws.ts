import type { RandomSource } from './random.js';

/** Streams of random numbers, one for each thing that is drawn: they must keep their numbers, or the same seed gives other data. */
const STREAMS = {
  shiftRows: 0, shiftColumns: 1, rotate: 2, scale: 3, shear: 4, flipColumns: 5, flipRows: 6, cropRow: 7, cropColumn: 8,
  erase: 9, eraseArea: 10, brightness: 11, contrast: 12, mixupRadius: 13, mixupAngle: 14, mixupPairs: 15,
} as const;

export type Draw = keyof typeof STREAMS;

/** The random numbers of one batch: what is not drawn changes nothing of what is. */
export class Draws {
  constructor(
    private readonly random: RandomSource,
    private readonly round: number,
    private readonly n: number,
  ) {}

  /** `each` numbers of [0, 1) for each example. */
  uniforms(draw: Draw, each = 1): Float32Array {
    return this.random.uniforms(STREAMS[draw], this.round, this.n * each);
  }

  /** Numbers from `low` to `high`; where both are the same, that number. */
  between(draw: Draw, low: number, high: number): Float64Array {
    if (low === high) return new Float64Array(this.n).fill(low);
    return Float64Array.from(this.uniforms(draw), (u) => low + u * (high - low));
  }

  /** Whole numbers below `bound`. */
  whole(draw: Draw, bound: number): Float64Array {
    if (bound <= 1) return new Float64Array(this.n);
    return Float64Array.from(this.uniforms(draw), (u) => Math.floor(u * bound));
  }
}
