import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { SummaryLayer } from './summary.js';

/** A rectangle of input pixels. */
export interface UnitField {
  /** First row. */
  readonly y: number;
  /** First column. */
  readonly x: number;
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
}

/**
 * The input pixels that one pixel of a layer's maps depends on, without those in the padding; undefined where the layer's fields are not
 * on one grid. Where a layer further in pads, it may be more than the unit sees: only the input is cut. Arithmetic of Araujo et al. 2019, Distill.
 * @param layer - of `summary().layers`
 * @param unit - [row, column] in the layer's maps
 * @param input - [height, width] of the network's input
 * @throws ArgumentError for a unit outside the maps
 */
export function unitField(
  layer: Pick<SummaryLayer, 'outputShape' | 'receptiveField' | 'jump' | 'fieldStart'>,
  unit: readonly [number, number],
  input: readonly [number, number],
): UnitField | undefined {
  const { outputShape: [, , height = 0, width = 0], receptiveField, jump, fieldStart } = layer;
  const inside = [height, width].every((size, axis) => Number.isInteger(unit[axis]) && unit[axis]! >= 0 && unit[axis]! < size);
  if (!inside) wrong('unitField: unit', `a row below ${height} and a column below ${width}`, showValue(unit));
  if (!receptiveField || !jump || !fieldStart) return undefined;
  const span = (axis: 0 | 1): readonly [number, number] => {
    const from = fieldStart[axis] + unit[axis] * jump[axis];
    const first = Math.min(Math.max(from, 0), input[axis]);
    return [first, Math.max(Math.min(from + receptiveField[axis], input[axis]) - first, 0)];
  };
  const [rows, columns] = [span(0), span(1)];
  return { y: rows[0], x: columns[0], height: rows[1], width: columns[1] };
}
