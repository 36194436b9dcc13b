import { scanScores } from '../../boxes/scan.js';
import { floatsOf } from '../floats.js';
import { gridsOf, rowsOf } from '../grid.js';
import type { Rows } from '../grid.js';
import { rawBoxes } from '../head.js';
import type { Head, HeadQuestion, HeadReading, RawBoxes } from '../head.js';
import { joined } from '../joined.js';

/** Of an anchor: centre, size, and the places of six key points. */
const NUMBERS = 16;
/** Strides as shares of the input's height, and anchors of a cell: of the short range (front) and of the full range. */
const FORMS: readonly { readonly rows: readonly number[]; readonly anchors: readonly number[] }[] = [
  { rows: [16, 8], anchors: [2, 6] },
  { rows: [48], anchors: [1] },
];

/** Anchors whose places are those of cells. */
interface Anchors {
  readonly stride: number;
  readonly columns: number;
  readonly perCell: number;
  readonly count: number;
}

/** Scores and boxes of as many anchors, in one pair of outputs for all strides or one for each. */
interface Part {
  readonly scores: string;
  readonly boxes: string;
  readonly anchors: readonly Anchors[];
}

function partsOf(question: HeadQuestion): readonly Part[] | string {
  const rows = question.outputs.map((output) => rowsOf(output));
  const scores = rows.filter((each): each is Rows => each?.numbers === 1);
  const boxes = rows.filter((each): each is Rows => each?.numbers === NUMBERS);
  if (scores.length === 0 || scores.length !== boxes.length || scores.length + boxes.length !== rows.length) return `needs scores [1, n, 1] and boxes [1, n, ${NUMBERS}]`;
  const total = scores.reduce((sum, { count }) => sum + count, 0);
  const levels = anchorsOf(question, total);
  if (!levels) return `needs an anchor for each row, of which there are ${total}`;
  const groups = scores.length === 1 ? [levels] : levels.map((level) => [level]);
  const parts = groups.flatMap((anchors): Part[] => {
    const count = anchors.reduce((sum, level) => sum + level.count, 0);
    const [s, b] = [scores, boxes].map((list) => list.find((each) => each.count === count)?.name);
    return s === undefined || b === undefined ? [] : [{ scores: s, boxes: b, anchors }];
  });
  return parts.length === scores.length ? parts : `needs as many rows as anchors, ${levels.map(({ count }) => count).join(', ')}`;
}

function anchorsOf({ size, spec }: HeadQuestion, total: number): readonly Anchors[] | undefined {
  const forms = FORMS.map(({ rows, anchors }) => ({ strides: rows.map((count) => Math.max(1, Math.round(size[0] / count))), anchors }));
  const named = spec.strides && [{ strides: spec.strides, anchors: spec.anchors?.map(({ length }) => length) ?? FORMS[0]!.anchors }];
  for (const { strides, anchors } of named ?? forms) {
    const levels = gridsOf(size, strides).map(({ stride, rows, columns }, i) => ({ stride, columns, perCell: anchors[i] ?? 1, count: rows * columns * (anchors[i] ?? 1) }));
    if (levels.reduce((sum, { count }) => sum + count, 0) === total) return levels;
  }
  return undefined;
}

function readPart({ scores, boxes, anchors }: Part, raw: boolean, { instance, tensors, score, most }: HeadReading): RawBoxes {
  const count = anchors.reduce((sum, level) => sum + level.count, 0);
  const found = scanScores(instance, floatsOf(tensors, scores), { candidates: count, classes: 1, candidateStride: 1, classStride: 1, sigmoid: raw, threshold: score, most });
  const values = floatsOf(tensors, boxes);
  return rawBoxes(found, (index) => {
    let [at, level] = [index, 0];
    while (at >= anchors[level]!.count) at -= anchors[level++]!.count;
    const { stride, columns, perCell } = anchors[level]!;
    const cell = Math.floor(at / perCell);
    const [dx = 0, dy = 0, width = 0, height = 0] = values.subarray(index * NUMBERS, index * NUMBERS + 4);
    const [x, y] = [((cell % columns) + 0.5) * stride + dx, (Math.floor(cell / columns) + 0.5) * stride + dy];
    return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  });
}

/**
 * BlazeFace: scores [1, n, 1] and boxes [1, n, 16], two anchors for each cell of the finer map and six of the coarser; centre and size in
 * pixels from the middle of the cell, then six key points (Bazarevsky et al. 2019, arXiv 1907.05047).
 */
export const blazeface: Head = {
  name: 'blazeface',
  about: 'scores and boxes with key points of a face, for anchors of one size',
  fit(question) {
    const parts = partsOf(question);
    const raw = question.spec.scores !== 'none';
    return typeof parts === 'string' ? parts : { classes: 1, read: (reading) => joined(parts.map((part) => readPart(part, raw, reading))) };
  },
};
