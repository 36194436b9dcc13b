/** Scanning and suppression as they are written down: slow, and without the engine. */
import type { Candidates, ScanSpec } from '../../../ts/tasks/boxes/scan.js';
import type { Suppressed, SuppressOptions } from '../../../ts/tasks/boxes/suppress.js';

/** The classes over the threshold, sorted. */
export function scanSlowly(scores: Float32Array, spec: ScanSpec): Candidates {
  const found = over(scores, spec).sort((a, b) => b.score - a.score || a.index - b.index || a.class - b.class).slice(0, spec.most);
  return {
    indices: Uint32Array.from(found, ({ index }) => index),
    classes: Uint32Array.from(found, (one) => one.class),
    scores: Float32Array.from(found, ({ score }) => score),
  };
}

interface Found {
  readonly index: number;
  readonly class: number;
  readonly score: number;
}

function over(scores: Float32Array, spec: ScanSpec): Found[] {
  const { candidates, classes, candidateStride, classStride, offset = 0, objectness, threshold, multiLabel } = spec;
  const probability = (at: number): number => (spec.sigmoid ? Math.fround(1 / (1 + Math.exp(-scores[at]!))) : scores[at]!);
  const found: Found[] = [];
  for (let index = 0; index < candidates; index += 1) {
    const object = objectness ? probability(objectness.offset + index * objectness.stride) : undefined;
    if (object !== undefined && !(object > threshold)) continue;
    const at = (k: number): number => offset + index * candidateStride + k * classStride;
    let best = -Infinity;
    for (let k = 0; k < classes; k += 1) best = scores[at(k)]! > best ? scores[at(k)]! : best;
    for (let k = 0; k < classes && best > -Infinity; k += 1) {
      if (!(multiLabel ? scores[at(k)]! > -Infinity : scores[at(k)] === best)) continue;
      const score = Math.fround(probability(at(k)) * (object ?? 1));
      if (score > threshold) found.push({ index, class: k, score });
      if (!multiLabel) break;
    }
  }
  return found;
}

/** Takes the best that is left, again and again. */
export function suppressSlowly(boxes: Float32Array, given: Float32Array, classes: Uint32Array | undefined, options: SuppressOptions): Suppressed {
  const scores = Float32Array.from(given);
  const { iou, max, method = 'greedy', sigma = 0.5 } = options;
  const soft = method.startsWith('soft');
  const floor = soft ? Math.max(options.score ?? 0, 0) : options.score;
  const counts = (score: number): boolean => (floor === undefined ? !Number.isNaN(score) : score > floor);
  let left = Array.from(scores.keys()).filter((i) => counts(scores[i]!));
  const kept: number[] = [];
  while (left.length > 0 && kept.length < max) {
    const best = left.reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
    kept.push(best);
    left = left.filter((i) => {
      if (i === best || (classes && classes[i] !== classes[best])) return i !== best;
      const overlap = overlapOf(boxes.subarray(4 * best, 4 * best + 4), boxes.subarray(4 * i, 4 * i + 4), method === 'diou');
      if (!soft) return !(overlap > iou);
      const factor = method === 'soft' ? Math.exp(-overlap * overlap / sigma) : overlap > iou ? 1 - overlap : 1;
      scores[i] = scores[i]! * factor;
      return counts(scores[i]);
    });
  }
  return { kept: Uint32Array.from(kept), scores: Float32Array.from(kept, (i) => scores[i]!) };
}

const { fround, min, max } = Math;

/** Intersection over union, less the distance of the centres where that counts. */
function overlapOf(a: Float32Array, b: Float32Array, distance: boolean): number {
  const area = ([l, t, r, b]: Float32Array): number => (r! > l! && b! > t! ? fround(fround(r! - l!) * fround(b! - t!)) : 0);
  const real = (value: number): boolean => value >= 1e-30 && value < Infinity;
  if (!real(area(a)) || !real(area(b))) return 0;
  const side = (at: 0 | 1): number => max(fround(min(a[at + 2]!, b[at + 2]!) - max(a[at]!, b[at]!)), 0);
  const common = fround(side(0) * side(1));
  const overlap = fround(common / fround(fround(area(a) + area(b)) - common));
  if (!distance) return overlap;
  const squares = (of: (at: 0 | 1) => number): number => of(0) ** 2 + of(1) ** 2;
  const centre = (of: Float32Array, at: 0 | 1): number => (of[at]! + of[at + 2]!) / 2;
  const apart = squares((at) => centre(a, at) - centre(b, at));
  return fround(overlap - fround(apart / squares((at) => fround(max(a[at + 2]!, b[at + 2]!) - min(a[at]!, b[at]!)))));
}
