import { chosen } from './head.js';
import type { RawBoxes } from './head.js';
import { joined } from './joined.js';
import type { Tile } from './tiles.js';

/** A box ends at a seam that is nearer than this share of the tile. */
const NEAR = 0.01;

/** How boxes are compared. */
export interface SeamOptions {
  /** Which share of a box has to be covered. */
  readonly most: number;
  /** Whether by boxes of other classes too. */
  readonly agnostic: boolean;
  readonly photo: Pick<Tile, 'width' | 'height'>;
}

/**
 * Joins the boxes of tiles, without those that a seam has cut off: that end at the edge of their tile, within the photo, and of which a
 * larger box of another tile covers more than the given share. Suppression would leave a small part of a whole, or a part in its place.
 * @param found - of each tile the boxes, in pixels of the photo
 */
export function withoutCuts(found: readonly RawBoxes[], views: readonly { readonly part: Tile }[], { most, agnostic, photo }: SeamOptions): RawBoxes {
  const all = joined(found);
  const { boxes, classes } = all;
  const tiles = found.flatMap(({ scores }, i) => Array.from(scores, () => views[i]!.part));
  const isCovered = (i: number): boolean =>
    tiles.some((tile, j) => tile !== tiles[i] && (agnostic || classes[j] === classes[i]) && covered(boxes, i, j) > most && isLess(boxes, i, j));
  return chosen(all, Array.from(tiles.keys()).filter((i) => !isCut(corners(boxes, i), tiles[i]!, photo) || !isCovered(i)));
}

type Corners = readonly [left: number, top: number, right: number, bottom: number];

function isCut([l, t, r, b]: Corners, { left, top, width, height }: Tile, photo: SeamOptions['photo']): boolean {
  const [x, y] = [width * NEAR, height * NEAR];
  const [right, bottom] = [left + width, top + height];
  return (left > 0 && l < left + x) || (top > 0 && t < top + y) || (right < photo.width && r > right - x) || (bottom < photo.height && b > bottom - y);
}

function corners(boxes: Float32Array, i: number): Corners {
  return [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!];
}

function area([left, top, right, bottom]: Corners): number {
  return (right - left) * (bottom - top);
}

/** Of two parts that cover each other one goes. */
function isLess(boxes: Float32Array, i: number, j: number): boolean {
  const [a, b] = [area(corners(boxes, i)), area(corners(boxes, j))];
  return a < b || (a === b && i > j);
}

/** Which share of a box another one covers. */
function covered(boxes: Float32Array, i: number, j: number): number {
  const [a, b] = [corners(boxes, i), corners(boxes, j)];
  const common = (axis: 0 | 1): number => Math.max(0, Math.min(a[axis + 2]!, b[axis + 2]!) - Math.max(a[axis], b[axis]));
  return (common(0) * common(1)) / area(a);
}
