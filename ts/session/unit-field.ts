import { expectNumbers, expectObject } from '../base/given.js';
import { showList } from '../base/show.js';
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
 * The input pixels that one pixel of a layer's maps depends on at most, cut at the edges of the input; undefined where the layer's fields are not
 * on one grid. Padding of layers further in is counted, so that it may be more than the unit sees. Arithmetic of Araujo et al. 2019, Distill.
 * @param layer - of `summary().layers`
 * @param unit - [row, column] in the layer's maps
 * @param input - [height, width] of the network's input
 * @throws ArgumentError for a unit outside the maps, and for what is no layer of a summary
 */
export function unitField(
  layer: Pick<SummaryLayer, 'outputShape' | 'receptiveField' | 'jump' | 'fieldStart'>,
  unit: readonly [number, number],
  input: readonly [number, number],
): UnitField | undefined {
  expectObject('unitField', 'a layer of summary().layers', layer);
  expectNumbers('unitField: unit', 'a row and a column', unit, 2);
  expectNumbers('unitField: input', 'height and width of the input', input, 2);
  const { outputShape, receptiveField, jump, fieldStart } = layer;
  if (!Array.isArray(outputShape)) wrong('unitField', 'a layer of summary().layers', 'one without outputShape');
  const [, , height = 0, width = 0] = outputShape as readonly number[];
  const inside = [height, width].every((size, axis) => Number.isInteger(unit[axis]) && unit[axis]! >= 0 && unit[axis]! < size);
  if (!inside) wrong('unitField: unit', `a row below ${height} and a column below ${width}`, showList(unit));
  if (!receptiveField || !jump || !fieldStart) return undefined;
  const span = (axis: 0 | 1): readonly [number, number] => {
    const from = fieldStart[axis] + unit[axis] * jump[axis];
    const first = Math.min(Math.max(from, 0), input[axis]);
    return [first, Math.max(Math.min(from + receptiveField[axis], input[axis]) - first, 0)];
  };
  const [rows, columns] = [span(0), span(1)];
  return { y: rows[0], x: columns[0], height: rows[1], width: columns[1] };
}
