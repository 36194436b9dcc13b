import { scanScores } from '../../boxes/scan.js';
import { beyondShares, floatsOf } from '../floats.js';
import { gridsOf } from '../grid.js';
import type { Grid } from '../grid.js';
import { rawBoxes } from '../head.js';
import type { Head, HeadOutput, HeadQuestion, HeadReading, RawBoxes } from '../head.js';
import { joined } from '../joined.js';
import { expectation } from './distances.js';

const STRIDES = [8, 16, 32];
/** Bins of the published networks. */
const USUAL_BINS = [8, 11, 16, 17];

/** The outputs of a stride: which of them has the scores may have to be told by the numbers. */
interface Level {
  readonly grid: Grid;
  readonly either: readonly [HeadOutput, HeadOutput];
  readonly scores: HeadOutput | undefined;
}

const numbersOf = ({ shape: [, , numbers = 0] }: HeadOutput): number => numbers;

/** Four sides of at least two bins each. */
const maybeSides = (output: HeadOutput): boolean => numbersOf(output) % 4 === 0 && numbersOf(output) >= 8;

/** Of two outputs the one that has the scores; undefined where their shapes do not tell. */
function scoresOf([a, b]: Level['either'], labels: number | undefined): HeadOutput | undefined {
  const rules: readonly ((output: HeadOutput) => boolean)[] = [
    (output) => !maybeSides(output),
    (output) => numbersOf(output) === labels,
    (output) => !USUAL_BINS.includes(numbersOf(output) / 4),
  ];
  const telling = rules.find((rule) => rule(a) !== rule(b));
  return telling && (telling(a) ? a : b);
}

/** The levels, or why there are none. */
function levelsOf({ outputs, size, spec, labels }: HeadQuestion): readonly Level[] | string {
  const strides = spec.strides ?? STRIDES;
  if (outputs.length !== 2 * strides.length) return `needs two outputs for each of the strides ${strides.join(', ')}`;
  const levels: Level[] = [];
  for (const grid of gridsOf(size, strides)) {
    const cells = grid.rows * grid.columns;
    const [a, b, third] = outputs.filter(({ shape: [n, count], shape }) => shape.length === 3 && n === 1 && count === cells);
    if (!a || !b || third) return `needs two outputs [1, ${cells}, ...] for stride ${grid.stride}`;
    if (!maybeSides(a) && !maybeSides(b)) return `needs 4 sides of at least two bins each in ${a.name} or ${b.name}`;
    levels.push({ grid, either: [a, b], scores: scoresOf([a, b], labels) });
  }
  return levels;
}

function readLevel({ grid: { rows, columns, stride }, either: [a, b], ...level }: Level, raw: boolean, { instance, tensors, score, most }: HeadReading): RawBoxes {
  // Distributions are logits, and so not all of them probabilities.
  const scores = level.scores ?? (beyondShares(floatsOf(tensors, a.name)) ? b : a);
  const sides = scores === a ? b : a;
  const [classes, bins] = [numbersOf(scores), numbersOf(sides) / 4];
  const found = scanScores(instance, floatsOf(tensors, scores.name), {
    candidates: rows * columns, classes, candidateStride: classes, classStride: 1, sigmoid: raw, threshold: score, multiLabel: true, most,
  });
  const values = floatsOf(tensors, sides.name);
  return rawBoxes(found, (cell) => {
    // The centre of cell 0 lies between its first and its last pixel.
    const x = (cell % columns) * stride + (stride - 1) / 2;
    const y = Math.floor(cell / columns) * stride + (stride - 1) / 2;
    const side = (k: number): number => expectation(values, (cell * 4 + k) * bins, { bins, stride: 1 }) * stride;
    return [x - side(0), y - side(1), x + side(2), y + side(3)];
  });
}

/**
 * NanoDet: for each stride scores [1, cells, classes], behind their sigmoid, and distances of the four sides as distributions over bins
 * [1, cells, 4 * bins] (Li et al. 2020, generalized focal loss, arXiv 2006.04388).
 */
export const nanodet: Head = {
  name: 'nanodet',
  about: 'scores and distributions of the four sides, for each stride',
  fit(question) {
    const levels = levelsOf(question);
    if (typeof levels === 'string') return levels;
    const [first] = levels;
    const raw = question.spec.scores === 'sigmoid';
    return { classes: first?.scores && numbersOf(first.scores), read: (reading) => joined(levels.map((level) => readLevel(level, raw, reading))) };
  },
};
