import { checkOptions, optionNames } from '../base/options.js';
import { expectList, expectObject } from '../base/given.js';
import { showList, showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';

/** An object of an image. */
export interface TruthBox {
  /** Pixels from the left edge of the image. */
  readonly left: number;
  /** Pixels from its upper edge. */
  readonly top: number;
  /** Pixels, above 0. */
  readonly width: number;
  /** Pixels, above 0. */
  readonly height: number;
  /** Its class, from 0 on. */
  readonly index: number;
}

/** The grid of a detector without anchors. */
export interface GridOptions {
  /** Height and width of the image, each a multiple of every stride. */
  readonly size: readonly [height: number, width: number];
  /** Pixels from a cell to the next, for each level, rising. */
  readonly strides: readonly number[];
  /** Cells whose centre is nearer than so many strides to that of an object, across and down, belong to it. Default 1: four cells. */
  readonly radius?: number | undefined;
  /**
   * The longer sides of the objects of each level in pixels, from and up to (without) each. Default: a level takes what is smaller than four
   * times its stride and was too large for the one before; the last one has no limit.
   */
  readonly ranges?: readonly (readonly [number, number])[] | undefined;
}

const OPTIONS = optionNames<GridOptions>({ size: true, strides: true, radius: true, ranges: true });

/** A grid whose options have been checked. */
export interface Grid {
  readonly size: readonly [number, number];
  readonly radius: number;
  readonly levels: readonly Level[];
  /** Cells of all levels. */
  readonly cells: number;
}

interface Level {
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  /** The number of its first cell. */
  readonly first: number;
  readonly range: readonly [number, number];
}

/** @throws ArgumentError for an option that does not exist or has no meaning */
export function gridOf(place: string, options: GridOptions): Grid {
  checkOptions(place, options, OPTIONS);
  const { size, strides, radius = 1, ranges } = (options as GridOptions | undefined) ?? ({} as Partial<GridOptions>);
  if (!Array.isArray(size) || size.length !== 2 || !size.every((side) => whole(side))) wrong(`${place}: size`, 'height and width in pixels', showList(size));
  if (!Array.isArray(strides) || strides.length === 0 || !strides.every((stride) => whole(stride))) wrong(`${place}: strides`, 'a list of strides in pixels', showList(strides));
  if (!(typeof radius === 'number' && radius >= 0.5 && Number.isFinite(radius))) wrong(`${place}: radius`, 'a number from 0.5 on', showValue(radius));
  const limits = ranges ?? defaultRanges(strides as readonly number[]);
  if (!Array.isArray(limits) || limits.length !== strides.length) wrong(`${place}: ranges`, `a range for each of ${strides.length} levels`, showList(limits));
  for (const [i, range] of (limits as readonly unknown[]).entries()) {
    const pair = Array.isArray(range) && range.length === 2 && range.every((side) => typeof side === 'number' && !Number.isNaN(side));
    if (!pair) wrong(`${place}: ranges[${i}]`, 'two numbers of pixels, from and up to', showList(range));
  }
  const levels: Level[] = [];
  let cells = 0;
  for (const [i, stride] of (strides as readonly number[]).entries()) {
    const [rows, columns] = (size as readonly number[]).map((side) => side / stride) as [number, number];
    if (!whole(rows) || !whole(columns)) wrong(`${place}: size`, `multiples of the stride ${stride}`, showList(size));
    levels.push({ stride, rows, columns, first: cells, range: (limits as NonNullable<GridOptions['ranges']>)[i]! });
    cells += rows * columns;
  }
  if (cells > MAX_CELLS) wrong(`${place}: size`, `an image of at most ${MAX_CELLS} cells`, `${cells} of ${showList(size)}`);
  return { size: size as [number, number], radius, levels, cells };
}

/** Of a grid: those of a photo of 16,384 x 16,384 pixels, a cell for each 4 x 4. */
const MAX_CELLS = 2 ** 24;

const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;

/** Objects up to so many strides belong to a level. */
const STRIDES_OF_LEVEL = 4;

function defaultRanges(strides: readonly number[]): readonly (readonly [number, number])[] {
  return strides.map((stride, i) => [
    i === 0 ? 0 : STRIDES_OF_LEVEL * strides[i - 1]!, i === strides.length - 1 ? Number.POSITIVE_INFINITY : STRIDES_OF_LEVEL * stride,
  ]);
}

/** No object. */
export const NOTHING = -1;

/**
 * Which object each cell of a grid is to find: centre sampling (Tian et al. 2019, arXiv 1904.01355; Ge et al. 2021, arXiv 2107.08430,
 * section 2.1). The length of its longer side decides the level of an object. It gets the cells of that level whose centres are nearer
 * to its own than `radius` strides, across and down; the cell that it lies in is always among them. A cell that several objects want is
 * that of the nearest centre, of equal ones that of the smaller area, then of the first.
 * @returns for each cell, level by level and row by row, the place of its object in `boxes`, or `NOTHING`
 * @throws ArgumentError for an option, a box without a size, or one whose centre is outside of the image, naming it
 */
export function assignCells(boxes: readonly TruthBox[], options: GridOptions): Int32Array {
  return assignTo(gridOf('assignCells', options), boxes, 'boxes');
}

/** `assignCells` of a grid that was checked. */
export function assignTo(grid: Grid, boxes: readonly TruthBox[], place: string): Int32Array {
  expectList(place, 'a list of objects', boxes);
  const owners = new Int32Array(grid.cells).fill(NOTHING);
  const claims = new Array<Claim>(grid.cells);
  for (const [i, box] of boxes.entries()) {
    const centre = centreOf(grid, box, `${place}[${i}]`);
    const longer = Math.max(box.width, box.height);
    for (const level of grid.levels) {
      if (!(longer >= level.range[0] && longer < level.range[1])) continue;
      for (const [cell, distance] of cellsNear(level, centre, grid.radius)) {
        const claim = { distance, area: box.width * box.height };
        if (owners[cell] !== NOTHING && !isNearer(claim, claims[cell]!)) continue;
        owners[cell] = i;
        claims[cell] = claim;
      }
    }
  }
  return owners;
}

interface Claim {
  readonly distance: number;
  readonly area: number;
}

const isNearer = (a: Claim, b: Claim): boolean => a.distance < b.distance || (a.distance === b.distance && a.area < b.area);

function centreOf({ size: [height, width] }: Grid, box: TruthBox, place: string): readonly [number, number] {
  expectObject(place, 'a box { left, top, width, height, index }', box);
  const sized = box.width > 0 && box.height > 0 && Number.isFinite(box.width * box.height);
  if (!sized) wrong(place, 'a box with a width and a height above 0', `${box.width} x ${box.height}`);
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  if (x >= 0 && x <= width && y >= 0 && y <= height) return [x, y];
  return wrong(place, `a box whose centre is in the image of ${width} x ${height}`, `the centre ${x}, ${y}`);
}

/** Cells near a point, with the square of the distance in pixels. */
function* cellsNear({ stride, rows, columns, first }: Level, [x, y]: readonly [number, number], radius: number): Generator<readonly [number, number]> {
  // A centre on the last edge lies in the last cell.
  const [row, column] = [Math.min(rows - 1, Math.floor(y / stride)), Math.min(columns - 1, Math.floor(x / stride))];
  const reach = Math.ceil(radius);
  for (let i = Math.max(0, row - reach); i <= Math.min(rows - 1, row + reach); i++) {
    for (let j = Math.max(0, column - reach); j <= Math.min(columns - 1, column + reach); j++) {
      const [dx, dy] = [(j + 0.5) * stride - x, (i + 0.5) * stride - y];
      const near = Math.abs(dx) < radius * stride && Math.abs(dy) < radius * stride;
      if (near || (i === row && j === column)) yield [first + i * columns + j, dx * dx + dy * dy];
    }
  }
}
