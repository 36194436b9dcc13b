import { cellsIn, gridsOf, rowsOf } from '../grid.js';
import type { Head } from '../head.js';
import { extraOf, onlyRows, rowsFit } from './yolo-rows.js';
import { anchorsFor, mapsFit, stackedMaps } from './yolo-maps.js';
import { sigmoid } from '../floats.js';

const STRIDES = [[8, 16, 32], [8, 16, 32, 64], [16, 32]];
const PER_CELL = 3;

/**
 * YOLOv5 and YOLOv7: rows [1, n, 5 + C] of centre, size, objectness and scores, in which the anchors are already; or maps
 * [1, A, h, w, 5 + C] of logits, whose centre is 2 sigmoid(t) - 0.5 from the cell's corner and whose size is 4 sigmoid(t)^2 anchors
 * (Wang et al. 2022, YOLOv7, arXiv 2207.02696).
 */
export const yolov5: Head = {
  name: 'yolov5',
  about: 'rows of box, objectness and scores, three for each cell; anchors are in',
  fit(question) {
    const { outputs, size, spec } = question;
    const output = onlyRows(question);
    const rows = output && rowsOf(output);
    if (!rows) return outputs.every(({ shape }) => shape.length === 5) ? rawFit(question) : 'needs one output [1, n, 5 + C]';
    const classes = rows.numbers - 5 - extraOf(question);
    if (classes < 1) return `needs 4 numbers, an objectness and at least one score in each row of ${rows.name}`;
    const strides = spec.strides ? [spec.strides] : STRIDES;
    const usual = strides.some((each) => PER_CELL * cellsIn(gridsOf(size, each)) === rows.count);
    if (!usual && spec.head !== 'yolov5') return `needs three rows for each cell of the strides ${strides[0]!.join(', ')}`;
    return rowsFit(rows, { objectness: true, classes }, question);
  },
};

const rawFit: Head['fit'] = (question) => {
  const maps = stackedMaps(question, 'anchors first');
  if (typeof maps === 'string') return maps;
  const anchors = anchorsFor('yolov5', maps, question);
  if (typeof anchors === 'string') return anchors;
  return mapsFit(maps, anchors, question, {
    centre: (value) => 2 * value - 0.5,
    // The logit's sigmoid is doubled and squared.
    size: (value) => (2 * (question.spec.scores === 'none' ? value : sigmoid(value))) ** 2,
  });
};
