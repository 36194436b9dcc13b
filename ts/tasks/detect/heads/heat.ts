import { scanScores } from '../../boxes/scan.js';
import type { Candidates } from '../../boxes/scan.js';
import { beyondShares, floatsOf } from '../floats.js';
import type { HeadOutput, HeadQuestion, HeadReading } from '../head.js';

/** Maps of which one says where centres are, one how large the box is, one how far the centre lies from its cell. */
export interface HeatMaps {
  readonly heat: HeadOutput;
  readonly size: HeadOutput;
  readonly offset: HeadOutput;
  readonly classes: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
}

/**
 * Maps [1, C, h, w], [1, 2, h, w] and [1, 2, h, w] in this order, but for names that say which is the offset; or why they are none.
 * @param beside - channels of another map that is there and not read
 */
export function heatMaps({ outputs, size: [height, width], spec }: HeadQuestion, beside: number | undefined): HeatMaps | string {
  const more = beside === undefined ? undefined : outputs.find(({ shape }) => shape[1] === beside);
  const [heat, ...pair] = outputs.filter((output) => output !== more);
  const [, classes = 0, rows = 0, columns = 0] = heat?.shape ?? [];
  const aligned = outputs.every(({ shape: [n, , h, w], shape }) => shape.length === 4 && n === 1 && h === rows && w === columns);
  if (!heat || pair.length !== 2 || !aligned || !pair.every(({ shape }) => shape[1] === 2) || classes * rows * columns === 0) {
    return 'needs maps [1, C, h, w], [1, 2, h, w] and [1, 2, h, w] of heat, size and offset';
  }
  const stride = spec.strides?.[0] ?? height / rows;
  if (Math.ceil(height / stride) !== rows || Math.ceil(width / stride) !== columns) return `needs maps of the input at stride ${stride}`;
  const named = pair.findIndex(({ name }) => /off|^reg/i.test(name));
  const [size, offset] = named === 0 ? [pair[1]!, pair[0]!] : [pair[0]!, pair[1]!];
  return { heat, size, offset, classes, rows, columns, stride };
}

/** Cells and classes whose heat is over the least; a sigmoid makes probabilities of what are none. */
export function hotCells({ heat, classes, rows, columns }: HeatMaps, scores: string | undefined, { instance, tensors, score, most }: HeadReading): Candidates {
  const values = floatsOf(tensors, heat.name);
  return scanScores(instance, values, {
    candidates: rows * columns, classes, candidateStride: 1, classStride: rows * columns,
    sigmoid: scores === undefined ? beyondShares(values) : scores !== 'none', threshold: score, multiLabel: true, most,
  });
}
