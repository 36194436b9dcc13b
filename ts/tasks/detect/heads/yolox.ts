import type { Corners } from '../box-form.js';
import { cellAt, gridsOf, rowsOf, stridesFor } from '../grid.js';
import type { Grid, Rows } from '../grid.js';
import type { Head } from '../head.js';
import { extraOf, onlyRows, rowsFit } from './yolo-rows.js';

/**
 * YOLOX: rows [1, n, 5 + C] of centre, size, objectness and scores, one for each cell of the strides; boxes in pixels, or centres in
 * cells from the cell's corner and logarithms of sizes in cells (Ge et al. 2021, arXiv 2107.08430).
 */
export const yolox: Head = {
  name: 'yolox',
  about: 'rows of box, objectness and scores, one for each cell',
  fit(question) {
    const { size, spec, labels } = question;
    const output = onlyRows(question);
    const rows = output && rowsOf(output);
    if (!rows) return 'needs one output [1, n, 5 + C]';
    const strides = stridesFor(rows.count, size, spec.strides);
    if (!strides) return `needs a row for each cell of the strides ${(spec.strides ?? [8, 16, 32]).join(', ')}`;
    const classes = rows.numbers - 5 - extraOf(question);
    if (classes < 1) return `needs 4 numbers, an objectness and at least one score in each row of ${rows.name}`;
    if (labels === classes + 1 && spec.head !== 'yolox') return `needs an objectness beside scores of ${labels} classes`;
    const grids = gridsOf(size, strides);
    const corners = (values: Float32Array) => ((spec.decoded ?? isDecoded(values, rows, grids)) ? undefined : onGrid(values, rows, grids));
    return rowsFit(rows, { objectness: true, classes, corners }, question);
  },
};

/** Whether the centres lie nearer to those of their cells than to the origin. */
function isDecoded(values: Float32Array, { count, rowStride }: Rows, grids: readonly Grid[]): boolean {
  let [toCell, toOrigin] = [0, 0];
  for (let i = 0; i < count; i++) {
    const { x, y, stride } = cellAt(grids, i);
    const [left, top] = [values[i * rowStride]!, values[i * rowStride + 1]!];
    const distance = Math.abs(left - (x + 0.5) * stride) + Math.abs(top - (y + 0.5) * stride);
    if (!(distance < Infinity)) continue;
    toCell += distance;
    toOrigin += Math.abs(left) + Math.abs(top);
  }
  return toCell < toOrigin;
}

function onGrid(values: Float32Array, { rowStride }: Rows, grids: readonly Grid[]): (index: number) => Corners {
  return (index) => {
    const cell = cellAt(grids, index);
    const [dx = 0, dy = 0, w = 0, h = 0] = values.subarray(index * rowStride, index * rowStride + 4);
    const [x, y] = [(cell.x + dx) * cell.stride, (cell.y + dy) * cell.stride];
    const [width, height] = [Math.exp(w) * cell.stride, Math.exp(h) * cell.stride];
    return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  };
}
