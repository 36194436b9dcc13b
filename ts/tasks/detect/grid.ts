import type { HeadOutput } from './head.js';

/** The cells of a map, by rows; cell 0 is at the top left. */
export interface Grid {
  /** Pixels of the input from a cell to the next. */
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  /** How many cells the grids before it have. */
  readonly start: number;
}

/** Grids over an input of [height, width], one for each stride. Cells that stand out over the edge count. */
export function gridsOf([height, width]: readonly [number, number], strides: readonly number[]): readonly Grid[] {
  let start = 0;
  return strides.map((stride) => {
    const grid = { stride, rows: Math.ceil(height / stride), columns: Math.ceil(width / stride), start };
    start += grid.rows * grid.columns;
    return grid;
  });
}

export function cellsIn(grids: readonly Grid[]): number {
  return grids.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
}

/** The strides under which all cells together are so many: those that were named, else the usual ones; undefined where none are. */
export function stridesFor(cells: number, size: readonly [number, number], named: readonly number[] | undefined): readonly number[] | undefined {
  return (named ? [named] : USUAL_STRIDES).find((strides) => cellsIn(gridsOf(size, strides)) === cells);
}

const USUAL_STRIDES: readonly (readonly number[])[] = [[8, 16, 32], [8, 16, 32, 64], [16, 32], [4, 8, 16, 32]];

/** A cell by its number among those of all grids. */
export function cellAt(grids: readonly Grid[], index: number): { readonly x: number; readonly y: number; readonly stride: number } {
  const grid = grids.findLast(({ start }) => start <= index) ?? { start: 0, columns: 1, stride: 1 };
  const at = index - grid.start;
  return { x: at % grid.columns, y: Math.floor(at / grid.columns), stride: grid.stride };
}

/** A map of one image, channels before or behind rows and columns. Strides are in elements. */
export interface MapOf {
  readonly name: string;
  readonly channels: number;
  readonly channelStride: number;
  readonly cellStride: number;
}

/** An output as a map of these rows and columns: [1, C, H, W] or [1, H, W, C]; undefined where it is none. */
export function mapOf({ name, shape }: HeadOutput, rows: number, columns: number): MapOf | undefined {
  const [n, a = 0, b = 0, c = 0] = shape;
  if (shape.length !== 4 || n !== 1) return undefined;
  if (b === rows && c === columns) return { name, channels: a, channelStride: rows * columns, cellStride: 1 };
  if (a === rows && b === columns) return { name, channels: c, channelStride: 1, cellStride: c };
  return undefined;
}

/** Candidates as rows of numbers: [1, n, K], or with rows and columns exchanged. Strides are in elements. */
export interface Rows {
  readonly name: string;
  readonly count: number;
  readonly numbers: number;
  readonly rowStride: number;
  readonly numberStride: number;
}

/** An output [1, n, K], or [1, K, n] where `exchanged`; undefined for one of another number of dimensions or images. */
export function rowsOf({ name, shape }: HeadOutput, exchanged = false): Rows | undefined {
  const [n, a = 0, b = 0] = shape;
  if (shape.length !== 3 || n !== 1) return undefined;
  return exchanged
    ? { name, count: b, numbers: a, rowStride: 1, numberStride: b }
    : { name, count: a, numbers: b, rowStride: b, numberStride: 1 };
}
