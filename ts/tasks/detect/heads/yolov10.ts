import { scanScores } from '../../boxes/scan.js';
import { boxReader } from '../box-form.js';
import { classOf } from '../class-of.js';
import { floatsOf } from '../floats.js';
import { rowsOf, stridesFor } from '../grid.js';
import type { Rows } from '../grid.js';
import { rawBoxes } from '../head.js';
import type { Fit, Head, HeadQuestion } from '../head.js';
import { extraOf, onlyRows } from './yolo-rows.js';

/** Graphs that choose boxes themselves give no more than so many. */
const MOST_ROWS = 1000;

/** Where in a row the score and the class are, and where the box begins. */
interface Columns {
  readonly box: number;
  readonly score: number;
  readonly class: number;
}

const DETECTIONS: Columns = { box: 0, score: 4, class: 5 };
/** The number of the image first, as exports of YOLOv7 have it. */
const OF_IMAGES: Columns = { box: 1, score: 6, class: 5 };

/**
 * YOLOv10 and other exports from end to end: rows [1, n, 6] of corners, score and class, of which the graph has dropped what overlaps
 * (Wang et al. 2024, arXiv 2405.14458); or [n, 7] with the number of the image in front and the class before the score.
 */
export const yolov10: Head = {
  name: 'yolov10',
  about: 'rows of corners, score and class; the graph has dropped what overlaps',
  fit(question) {
    const { outputs, spec, size } = question;
    const [first] = outputs;
    if (outputs.length === 1 && first?.shape.length === 2 && first.shape[1] === 7) {
      return rowsOfBoxes({ name: first.name, count: first.shape[0]!, numbers: 7, rowStride: 7, numberStride: 1 }, OF_IMAGES, question);
    }
    const output = onlyRows(question);
    const rows = output && rowsOf(output);
    if (!rows || rows.numbers !== 6 + extraOf(question)) return 'needs one output [1, n, 6]';
    const dense = rows.count > MOST_ROWS || stridesFor(rows.count, size, spec.strides) !== undefined;
    if (dense && spec.head !== 'yolov10') return `needs rows of chosen boxes, got ${rows.count}`;
    return rowsOfBoxes(rows, DETECTIONS, question);
  },
};

function rowsOfBoxes({ name, count, rowStride }: Rows, columns: Columns, { spec, size }: HeadQuestion): Fit {
  return {
    suppressed: true,
    read({ instance, tensors, score, most }) {
      const values = floatsOf(tensors, name);
      const found = scanScores(instance, values, {
        candidates: count, classes: 1, candidateStride: rowStride, classStride: 1, offset: columns.score, sigmoid: spec.scores === 'sigmoid', threshold: score, most,
      });
      const boxes = { values: values.subarray(columns.box), count, boxStride: rowStride, numberStride: 1 };
      const classes = Uint32Array.from(found.indices, (row) => classOf(values[row * rowStride + columns.class]!));
      return rawBoxes({ ...found, classes }, boxReader(boxes, spec.boxes ?? 'xyxy', spec.normalized, size));
    },
  };
}
