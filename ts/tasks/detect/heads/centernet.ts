import { floatsOf } from '../floats.js';
import { rawBoxes } from '../head.js';
import type { Head, HeadReading } from '../head.js';
import { heatMaps, hotCells } from './heat.js';
import type { HeatMaps } from './heat.js';

/** The hot cells that none of their eight neighbours is hotter than. */
function peaks(maps: HeatMaps, scores: string | undefined, reading: HeadReading) {
  const { rows, columns } = maps;
  const found = hotCells(maps, scores, reading);
  const values = floatsOf(reading.tensors, maps.heat.name);
  const isPeak = (index: number, plane: number): boolean => {
    const [x, y] = [index % columns, Math.floor(index / columns)];
    for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++) {
        if (values[plane + row * columns + column]! > values[plane + index]!) return false;
      }
    }
    return true;
  };
  const kept = Array.from(found.indices.keys()).filter((i) => isPeak(found.indices[i]!, found.classes[i]! * rows * columns));
  return {
    indices: Uint32Array.from(kept, (i) => found.indices[i]!), classes: Uint32Array.from(kept, (i) => found.classes[i]!), scores: Float32Array.from(kept, (i) => found.scores[i]!),
  };
}

/**
 * CenterNet: maps of heat [1, C, h, w], size [1, 2, h, w] and offset [1, 2, h, w], x first, in cells. The peaks of the heat are the
 * centres, so that nothing is left to suppress (Zhou et al. 2019, objects as points, arXiv 1904.07850).
 */
export const centernet: Head = {
  name: 'centernet',
  about: 'maps of heat, size and offset; the peaks are boxes',
  fit(question) {
    const maps = heatMaps(question, undefined);
    if (typeof maps === 'string') return maps;
    const { classes, rows, columns, stride } = maps;
    const read = (reading: HeadReading) => {
      const [size, offset] = [floatsOf(reading.tensors, maps.size.name), floatsOf(reading.tensors, maps.offset.name)];
      const plane = rows * columns;
      return rawBoxes(peaks(maps, question.spec.scores, reading), (cell) => {
        const [x, y] = [(cell % columns) + offset[cell]!, Math.floor(cell / columns) + offset[plane + cell]!];
        const [w, h] = [size[cell]! / 2, size[plane + cell]! / 2];
        return [(x - w) * stride, (y - h) * stride, (x + w) * stride, (y + h) * stride];
      });
    };
    return { classes, suppressed: true, read };
  },
};
