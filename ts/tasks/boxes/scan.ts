import { ShapeError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Instance } from '../../wasm/instance.js';

/** Where the scores of a detector lie in an array, and which of them count. Strides and offsets are in elements. */
export interface ScanSpec {
  /** Places that the detector looks at: 8400 of YOLOv8 at 640 x 640. */
  readonly candidates: number;
  /** Scores of each candidate. */
  readonly classes: number;
  /** From a candidate to the next: 1 in [84, 8400], 85 in [8400, 85]. */
  readonly candidateStride: number;
  /** From a class to the next: 8400 in [84, 8400], 1 in [8400, 85]. */
  readonly classStride: number;
  /** Where the scores begin. Default 0. */
  readonly offset?: number;
  /** Where in the same array the objectness of each candidate lies; its product with a score is what counts. */
  readonly objectness?: { readonly offset: number; readonly stride: number };
  /** Whether scores and objectness are logits, of which a sigmoid makes probabilities. */
  readonly sigmoid: boolean;
  /** A score that counts is greater, and so is the objectness of its candidate. */
  readonly threshold: number;
  /** Whether each class over the threshold counts. Default false: the best one of each candidate. */
  readonly multiLabel?: boolean;
  /** How many are kept at most: those of the highest score. */
  readonly most: number;
}

/** Classes of candidates in falling order of score; among equals the lower candidate first, and of one candidate the lower class. */
export interface Candidates {
  /** Of the candidate, from 0. */
  readonly indices: Uint32Array;
  /** Of the class, from 0. */
  readonly classes: Uint32Array;
  /** Probability. */
  readonly scores: Float32Array;
}

/**
 * The candidates whose score is over the threshold. A score that is NaN or minus infinity is never among them.
 * @param scores - of candidates and classes, in any layout that strides describe
 * @throws ShapeError for an array that is too short for them, ArgumentError for another number that has no meaning
 */
export function scanScores(_instance: Instance, scores: Float32Array, spec: ScanSpec): Candidates {
  checkSpec(scores.length, spec);
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

/** @throws ShapeError, ArgumentError */
function checkSpec(length: number, spec: ScanSpec): void {
  const { candidates, classes, candidateStride, classStride, offset = 0, objectness, threshold, most } = spec;
  const counts = { candidates, classes, candidateStride, classStride, offset, most, 'objectness.offset': objectness?.offset ?? 0, 'objectness.stride': objectness?.stride ?? 0 };
  for (const [name, value] of Object.entries(counts)) {
    if (!(Number.isInteger(value) && value >= 0 && value < 2 ** 32)) wrong(`scan: ${name}`, 'a whole number from 0 on', showValue(value));
  }
  if (!Number.isFinite(threshold)) wrong('scan: threshold', 'a finite number', showValue(threshold));
  if (candidates === 0 || classes === 0) return;
  const last = offset + (candidates - 1) * candidateStride + (classes - 1) * classStride;
  const lastObject = objectness ? objectness.offset + (candidates - 1) * objectness.stride : 0;
  const needed = Math.max(last, lastObject) + 1;
  if (needed > length) wrong('scan: scores', `at least ${needed} numbers`, String(length), { as: ShapeError });
}
