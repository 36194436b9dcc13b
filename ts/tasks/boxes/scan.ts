import { ShapeError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { scoreSpec } from '../../contract/steps.js';
import { scanInEngine } from '../../wasm/boxes.js';
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
  /** How many are kept at most: those of the highest score; `Infinity` for all. */
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
 * The candidates whose score is over the threshold. A score or an objectness that is NaN or minus infinity never is.
 * @param scores - of candidates and classes, in any layout that strides describe; fastest where one of the strides is 1
 * @throws ShapeError for an array that is too short for them, ArgumentError for another number that has no meaning, EngineError where
 *   memory is too small
 */
export function scanScores(instance: Instance, scores: Float32Array, spec: ScanSpec): Candidates {
  checkSpec(scores.length, spec);
  const { candidates, classes, objectness, offset = 0, sigmoid, multiLabel = false } = spec;
  const words = scoreSpec({
    candidates, classes, candidateStride: spec.candidateStride, classStride: spec.classStride, offset, hasObjectness: objectness !== undefined,
    objectOffset: objectness?.offset ?? 0, objectStride: objectness?.stride ?? 0, activation: sigmoid ? 'sigmoid' : 'none', multiLabel,
    most: Math.min(spec.most, candidates * classes),
  });
  return scanInEngine(instance, scores, words, spec.threshold);
}

/** @throws ShapeError, ArgumentError */
function checkSpec(length: number, spec: ScanSpec): void {
  const { candidates, classes, candidateStride, classStride, offset = 0, objectness, threshold } = spec;
  const counts = { candidates, classes, candidateStride, classStride, offset, most: spec.most === Infinity ? 0 : spec.most, 'objectness.offset': objectness?.offset ?? 0, 'objectness.stride': objectness?.stride ?? 0 };
  for (const [name, value] of Object.entries(counts)) {
    const isCount = Number.isInteger(value) && value >= 0 && value < 2 ** 32;
    if (!isCount) wrong(`scan: ${name}`, 'a whole number from 0 on', showValue(value));
  }
  if (!Number.isFinite(threshold)) wrong('scan: threshold', 'a finite number', showValue(threshold));
  if (candidates === 0 || classes === 0) return;
  const last = offset + (candidates - 1) * candidateStride + (classes - 1) * classStride;
  const lastObject = objectness ? objectness.offset + (candidates - 1) * objectness.stride : 0;
  const needed = Math.max(last, lastObject) + 1;
  if (needed > length) wrong('scan: scores', `at least ${needed} numbers`, String(length), { as: ShapeError });
}
