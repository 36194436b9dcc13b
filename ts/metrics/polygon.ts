// Polygons to masks by COCO's rule: the boundary is walked in steps of a fifth of a pixel; where it passes the middle of a column, the
// mask changes at the pixel below.
import { FormatError } from '../base/errors.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { expectSize, rleFromToggles, rleUnion } from './rle.js';
import type { Rle } from './rle.js';

/** Steps of a pixel. */
const STEPS = 5;
/** Coordinates beyond it are no place near a photo: to walk there would take for ever. */
const FAR = 1e5;

/** @throws FormatError naming the place, for less than three corners, an odd number of coordinates, or one that is no number */
export function expectPolygon(polygon: ArrayLike<number>, place: string): void {
  const length = (polygon as Partial<ArrayLike<number>> | null)?.length;
  if (!Number.isSafeInteger(length) || length! < 6 || length! % 2 !== 0) {
    wrong(place, 'x and y of at least three corners', length === undefined ? showValue(polygon) : `${length} numbers`, { as: FormatError });
  }
  for (let i = 0; i < polygon.length; i++) {
    if (!(Math.abs(polygon[i]!) <= FAR)) wrong(`${place}: number ${i}`, `a number of at most ${FAR}`, showValue(polygon[i]), { as: FormatError });
  }
}

/**
 * The pixels that belong to any of some polygons: pycocotools' `merge(frPyObjects(polygons, height, width))`.
 * @param polygons - of each the corners, x0, y0, x1, y1 ..., in pixels; what lies outside of the image is cut off
 * @throws FormatError for no polygon, less than three corners, an odd number of coordinates, or one that is no number; ShapeError for an
 *   impossible size
 */
export function polygonsToRle(polygons: readonly ArrayLike<number>[], width: number, height: number, place = 'polygons'): Rle {
  expectSize(width, height, place);
  const { length } = (polygons ?? {}) as Partial<typeof polygons>;
  if (!Number.isSafeInteger(length) || length === 0) wrong(place, 'at least one polygon', length === 0 ? 'none' : showValue(polygons), { as: FormatError });
  return rleUnion(
    polygons.map((polygon, i) => {
      expectPolygon(polygon, `${place}: polygon ${i}`);
      return one(polygon, width, height);
    }),
  );
}

function one(polygon: ArrayLike<number>, width: number, height: number): Rle {
  const corners = Array.from({ length: polygon.length / 2 }, (_, i) => [step(polygon[2 * i]!), step(polygon[2 * i + 1]!)] as const);
  const walk = new Walk(width, height);
  corners.forEach((corner, i) => edge(corner, corners[(i + 1) % corners.length]!, walk));
  return rleFromToggles(Float64Array.from(walk.toggles).sort(), width, height);
}

const step = (pixels: number): number => Math.trunc(STEPS * pixels + 0.5);

type Point = readonly [x: number, y: number];

/** Visits the points between two corners, both included: one for each step of the longer side. */
function edge([x0, y0]: Point, [x1, y1]: Point, walk: Walk): void {
  const [dx, dy] = [Math.abs(x1 - x0), Math.abs(y1 - y0)];
  const flat = dx >= dy;
  const length = flat ? dx : dy;
  // The points are those of the walk in the direction in which the longer side grows, whichever way it is walked.
  const back = flat ? x0 > x1 : y0 > y1;
  const [fromX, fromY] = back ? [x1, y1] : [x0, y0];
  const slope = length === 0 ? 0 : (flat ? y1 - y0 : x1 - x0) / (back ? -length : length);
  for (let i = 0; i <= length; i++) {
    const t = back ? length - i : i;
    if (flat) walk.to(fromX + t, Math.trunc(fromY + slope * t + 0.5));
    else walk.to(Math.trunc(fromX + slope * t + 0.5), fromY + t);
  }
}

/** Keeps where a boundary passes the middle of a column. */
class Walk {
  readonly toggles: number[] = [];
  private last: Point | undefined;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  to(x: number, y: number): void {
    const { last, width, height } = this;
    this.last = [x, y];
    if (!last || last[0] === x) return;
    const column = (Math.min(last[0], x) + 0.5) / STEPS - 0.5;
    if (column !== Math.floor(column) || column < 0 || column > width - 1) return;
    const row = (Math.min(last[1], y) + 0.5) / STEPS - 0.5;
    this.toggles.push(column * height + Math.ceil(Math.min(Math.max(row, 0), height)));
  }
}
