import { scanScores } from '../../boxes/scan.js';
import { beyondShares, floatsOf } from '../floats.js';
import { cellsIn, gridsOf, mapOf, rowsOf, stridesFor } from '../grid.js';
import type { Grid, MapOf, Rows } from '../grid.js';
import { rawBoxes } from '../head.js';
import type { Fit, Head, HeadQuestion, HeadReading, RawBoxes } from '../head.js';
import { joined } from '../joined.js';
import { expectation } from './distances.js';
import { extraOf, onlyRows, rowsFit } from './yolo-rows.js';

const STRIDES = [8, 16, 32];
/** Of each of the four sides. */
const BINS = 16;

/**
 * YOLOv8, v9, v11 and later: [1, 4 + C, n] of centre, size and probabilities, a column for each cell of the strides, or its transpose; or
 * for each stride maps of 4 x 16 bins of the sides' distances and of scores, in one output or two.
 */
export const yolov8: Head = {
  name: 'yolov8',
  about: 'columns of box and scores, one for each cell, without objectness; or maps of distributions of the four sides',
  fit(question) {
    const output = onlyRows(question);
    if (!output) return mapsFit(question);
    const { spec: { head }, labels } = question;
    const upright = rowsOf(output, true);
    const lying = rowsOf(output);
    const extra = extraOf(question);
    const scores = (rows: Rows): number => rows.numbers - 4 - extra;
    if (upright && isForCells(upright, question)) return columnsFit(upright, scores(upright), question);
    if (lying && isForCells(lying, question) && (labels === scores(lying) || head === 'yolov8')) return columnsFit(lying, scores(lying), question);
    if (head !== 'yolov8' || !upright || !lying) return `needs one output [1, 4 + C, n], a column for each cell of the strides ${(question.spec.strides ?? STRIDES).join(', ')}`;
    const rows = upright.count >= upright.numbers ? upright : lying;
    return columnsFit(rows, scores(rows), question);
  },
};

function isForCells({ count }: Rows, { size, spec }: HeadQuestion): boolean {
  return stridesFor(count, size, spec.strides) !== undefined;
}

function columnsFit(rows: Rows, classes: number, question: HeadQuestion): Fit | string {
  if (classes < 1) return `needs 4 numbers and at least one score for each of ${rows.count} cells`;
  return rowsFit(rows, { objectness: false, classes }, question);
}

interface Level {
  readonly grid: Grid;
  readonly classes: number;
  readonly sides: MapOf;
  readonly scores: MapOf;
  /** Where in its map a cell's scores begin. */
  readonly offset: number;
}

function mapsFit(question: HeadQuestion): Fit | string {
  const { outputs, size, spec } = question;
  const grids = gridsOf(size, spec.strides ?? STRIDES);
  const levels = grids.map((grid) => levelOf(grid, question));
  const each = outputs.length / grids.length;
  const [first] = levels;
  if (!first || cellsIn(grids) === 0 || (each !== 1 && each !== 2) || !levels.every((level) => level?.classes === first.classes)) {
    return `needs [1, 4 + C, n], or maps [1, ${4 * BINS} + C, h, w] for each of the strides ${grids.map(({ stride }) => stride).join(', ')}`;
  }
  return { classes: first.classes, read: (reading) => joined(levels.map((level) => readLevel(level!, spec.scores, reading))) };
}

function levelOf(grid: Grid, { outputs }: HeadQuestion): Level | undefined {
  const maps = outputs.flatMap((output) => mapOf(output, grid.rows, grid.columns) ?? []);
  const [both] = maps;
  if (both && maps.length === 1 && both.channels > 4 * BINS) {
    return { grid, classes: both.channels - 4 * BINS, sides: both, scores: both, offset: 4 * BINS * both.channelStride };
  }
  const sides = maps.find(({ channels }) => channels === 4 * BINS);
  const scores = maps.find((map) => map !== sides);
  return sides && scores && maps.length === 2 ? { grid, classes: scores.channels, sides, scores, offset: 0 } : undefined;
}

function readLevel({ grid: { rows, columns, stride }, classes, sides, scores, offset }: Level, form: string | undefined, { instance, tensors, score, most }: HeadReading): RawBoxes {
  const logits = floatsOf(tensors, scores.name);
  const found = scanScores(instance, logits, {
    candidates: rows * columns, classes, candidateStride: scores.cellStride, classStride: scores.channelStride, offset,
    // Scores in one map with the distances are logits, as these are.
    sigmoid: form === undefined ? scores === sides || beyondShares(logits) : form !== 'none', threshold: score, most,
  });
  const values = floatsOf(tensors, sides.name);
  return rawBoxes(found, (cell) => {
    const [x, y] = [(cell % columns) + 0.5, Math.floor(cell / columns) + 0.5];
    const side = (k: number): number => expectation(values, cell * sides.cellStride + k * BINS * sides.channelStride, { bins: BINS, stride: sides.channelStride });
    return [(x - side(0)) * stride, (y - side(1)) * stride, (x + side(2)) * stride, (y + side(3)) * stride];
  });
}
