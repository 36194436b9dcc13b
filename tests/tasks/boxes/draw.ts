/** Boxes as make_boxes.py draws them, to the bit. */

/** Whole numbers below an end: the upper 24 bits of Numerical Recipes' generator, scaled. */
class Draw {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed, 2_654_435_761) >>> 0;
  }

  below(end: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(((this.state >>> 8) * end) / 2 ** 24);
  }
}

export interface DrawnSet {
  /** [n, 4] */
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly classes: Uint32Array;
}

export function drawSet(seed: number): DrawnSet {
  const random = new Draw(seed);
  const grid = random.below(2) === 0;
  const n = random.below(100) === 0 ? 1001 + random.below(500) : random.below(120);
  const [groups, size] = [1 + random.below(6), 40 << random.below(4)];
  const set = { boxes: new Float32Array(4 * n), scores: new Float32Array(n), classes: new Uint32Array(n) };
  const number = (extent: number): number => (grid ? random.below(extent * 8) / 8 : random.below(extent * 2 ** 14) / 2 ** 14);
  for (let i = 0; i < n; i += 1) {
    const own = set.boxes.subarray(4 * i, 4 * i + 4);
    [640, 640, size, size].forEach((extent, side) => (own[side] = number(extent)));
    own[2] = own[2]! + own[0]!;
    own[3] = own[3]! + own[1]!;
    set.scores[i] = grid ? random.below(64) / 64 : random.below(2 ** 24) / 2 ** 24;
    set.classes[i] = random.below(groups);
  }
  return set;
}

/** FNV-1a, 32 bits, of whole numbers. */
export function digest(numbers: Iterable<number>): number {
  let state = 0x811c9dc5;
  for (const number of numbers) state = Math.imul(state ^ number, 0x01000193) >>> 0;
  return state;
}
