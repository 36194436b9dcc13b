// What of an image is found, for one class: COCO's rules of matching, for ten thresholds of overlap and four ranges of area at once.
import { sharedArea } from './box-iou.js';
import type { Box } from './box.js';
import { rleArea, rleBox, rleShared } from './rle.js';
import type { Rle } from './rle.js';

/** An object that is there, in the form that matching takes. */
export interface Wanted {
  readonly box: Box;
  readonly mask: Rle | undefined;
  readonly area: number;
  /** A crowd: what lies in it is neither right nor wrong, however often. */
  readonly crowd: boolean;
}

/** An object that was found. */
export interface Found {
  readonly box: Box;
  readonly mask: Rle | undefined;
  readonly area: number;
  readonly score: number;
}

/** numpy's `linspace(0.5, 0.95, 10)`, bit for bit: overlaps that are equal to a threshold count. */
export const THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, i) => (i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9)));

/** Areas in pixels, both ends included: all, small, medium, large. */
export const AREAS: readonly (readonly [number, number])[] = [[0, 1e5 ** 2], [0, 32 ** 2], [32 ** 2, 96 ** 2], [96 ** 2, 1e5 ** 2]];

/** Right answers are the bits from 0 on, one a threshold; wrong ones those from here on. */
export const WRONG = 16;

const ALL_WRONG = ((1 << THRESHOLDS.length) - 1) << WRONG;

/** An image and a class, matched. */
export interface Matched {
  /** Falling. */
  readonly scores: Float64Array;
  /** By range of area, then detection: at which thresholds it is right, and at which wrong. At others it is ignored. */
  readonly answers: readonly Uint32Array[];
  /** By range of area: how many objects are to be found. */
  readonly wanted: readonly number[];
}

/**
 * @param found - of one image and class, in any order
 * @param most - detections that count: those of the highest score, of equal ones the first
 */
export function match(wanted: readonly Wanted[], found: readonly Found[], most: number): Matched {
  const sorted = [...found].sort((a, b) => b.score - a.score).slice(0, most);
  const overlaps = overlapsOf(wanted, sorted);
  const inRange = AREAS.map((range) => matchIn(range, wanted, sorted, overlaps));
  return {
    scores: Float64Array.from(sorted, ({ score }) => score),
    answers: inRange.map(({ answers }) => answers),
    wanted: inRange.map(({ count }) => count),
  };
}

/** [found, wanted]: intersection over union, of a crowd over the area of what was found. */
function overlapsOf(wanted: readonly Wanted[], found: readonly Found[]): Float64Array {
  const out = new Float64Array(found.length * wanted.length);
  const tight = [wanted, found].map((list) => list.map(({ box, mask }) => (mask ? rleBox(mask) : box)));
  found.forEach((one, d) => {
    wanted.forEach((other, g) => {
      const [a, b] = [tight[1]![d]!, tight[0]![g]!];
      const shared = sharedArea(a, b);
      if (shared > 0) out[d * wanted.length + g] = one.mask && other.mask ? maskOverlap(one.mask, other.mask, other.crowd) : shared / (other.crowd ? a.width * a.height : a.width * a.height + b.width * b.height - shared);
    });
  });
  return out;
}

function maskOverlap(found: Rle, wanted: Rle, crowd: boolean): number {
  const shared = rleShared(found, wanted);
  if (shared === 0) return 0;
  return shared / (crowd ? rleArea(found) : rleArea(found) + rleArea(wanted) - shared);
}

function matchIn(range: readonly [number, number], wanted: readonly Wanted[], found: readonly Found[], overlaps: Float64Array): { answers: Uint32Array; count: number } {
  const outside = (area: number): boolean => area < range[0] || area > range[1];
  if (wanted.length === 0) return { answers: Uint32Array.from(found, ({ area }) => (outside(area) ? 0 : ALL_WRONG)), count: 0 };
  const ignored = wanted.map(({ crowd, area }) => crowd || outside(area));
  // What is ignored comes last: it is taken by what finds nothing else.
  const order = [...wanted.keys()].sort((a, b) => Number(ignored[a]) - Number(ignored[b]));
  const taken = new Uint16Array(wanted.length);
  const answers = new Uint32Array(found.length);
  THRESHOLDS.forEach((threshold, t) => {
    found.forEach(({ area }, d) => {
      const best = bestOf(order, d * wanted.length, Math.min(threshold, 1 - 1e-10), overlaps, (g) => (taken[g]! >> t) % 2 === 1 && !wanted[g]!.crowd, ignored);
      if (best >= 0) taken[best]! |= 1 << t;
      if (best >= 0 ? !ignored[best] : !outside(area)) answers[d]! |= 1 << (best >= 0 ? t : t + WRONG);
    });
  });
  return { answers, count: ignored.filter((is) => !is).length };
}

/** The object with the largest overlap, of equal ones the last; -1 if none is free and reaches the threshold. */
function bestOf(order: readonly number[], row: number, threshold: number, overlaps: Float64Array, isTaken: (g: number) => boolean, ignored: readonly boolean[]): number {
  let [best, least] = [-1, threshold];
  for (const g of order) {
    if (isTaken(g)) continue;
    if (best >= 0 && !ignored[best] && ignored[g]) break;
    const overlap = overlaps[row + g]!;
    if (overlap < least) continue;
    [best, least] = [g, overlap];
  }
  return best;
}
