import { floatsOf } from '../floats.js';
import { rawBoxes } from '../head.js';
import type { Head, HeadReading } from '../head.js';
import { heatMaps, hotCells } from './heat.js';

/** Five places, x and y each. */
const LANDMARKS = 10;

/**
 * CenterFace: maps of heat [1, 1, h, w], logarithms of sizes in cells [1, 2, h, w] and offsets from the middle of the cell [1, 2, h, w],
 * y first, and of landmarks [1, 10, h, w], which are not read (Xu et al. 2019, arXiv 1911.03599).
 */
export const centerface: Head = {
  name: 'centerface',
  about: 'maps of heat, size, offset and landmarks of faces',
  fit(question) {
    const maps = heatMaps(question, LANDMARKS);
    if (typeof maps === 'string') return `${maps}, and perhaps of landmarks [1, ${LANDMARKS}, h, w]`;
    if (maps.classes !== 1) return 'needs heat of one class';
    if (question.outputs.length === 3 && question.spec.head !== 'centerface') return `needs landmarks [1, ${LANDMARKS}, h, w]`;
    const { rows, columns, stride } = maps;
    const read = (reading: HeadReading) => {
      const [size, offset] = [floatsOf(reading.tensors, maps.size.name), floatsOf(reading.tensors, maps.offset.name)];
      const plane = rows * columns;
      return rawBoxes(hotCells(maps, question.spec.scores, reading), (cell) => {
        const x = (cell % columns) + 0.5 + offset[plane + cell]!;
        const y = Math.floor(cell / columns) + 0.5 + offset[cell]!;
        const [w, h] = [Math.exp(size[plane + cell]!) / 2, Math.exp(size[cell]!) / 2];
        return [(x - w) * stride, (y - h) * stride, (x + w) * stride, (y + h) * stride];
      });
    };
    return { classes: 1, read };
  },
};
