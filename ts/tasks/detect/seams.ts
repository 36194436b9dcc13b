import type { Tile } from './tiles.js';

/** Boxes of several tiles as they lie on the photo. */
export interface TiledBoxes {
  /** [n, 4]: left, top, right, bottom. */
  readonly boxes: Float32Array;
  readonly classes: Uint32Array;
  /** In which tile each was found. */
  readonly tiles: readonly Tile[];
}

/** A box ends at a seam that is nearer than this share of the tile. */
const NEAR = 0.01;

/**
 * Drops what a seam has cut off: a box that ends at the edge of its tile, within the photo, and of which a box of another tile covers
 * more than the given share. Suppression alone leaves it where it is a small part of the whole.
 * @param kept - the boxes that are left, best first
 */
export function withoutCuts(
  kept: readonly number[], { boxes, classes, tiles }: TiledBoxes, { most, agnostic, photo }: { most: number; agnostic: boolean; photo: Pick<Tile, 'width' | 'height'> },
): readonly number[] {
  const cutOff = (i: number): boolean => {
    const { left, top, width, height } = tiles[i]!;
    const [x, y] = [width * NEAR, height * NEAR];
    const [l, t, r, b] = corners(boxes, i);
    return (left > 0 && l < left + x) || (top > 0 && t < top + y) ||
      (left + width < photo.width && r > left + width - x) || (top + height < photo.height && b > top + height - y);
  };
  return kept.filter((i) => !cutOff(i) || !kept.some((j) => tiles[j] !== tiles[i] && (agnostic || classes[j] === classes[i]) && covered(boxes, i, j) > most && !isLess(boxes, j, i)));
}

function corners(boxes: Float32Array, i: number): readonly [number, number, number, number] {
  return [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!];
}

function area(boxes: Float32Array, i: number): number {
  const [left, top, right, bottom] = corners(boxes, i);
  return (right - left) * (bottom - top);
}

/** Of two parts that cover each other the smaller goes. */
function isLess(boxes: Float32Array, j: number, i: number): boolean {
  return area(boxes, j) < area(boxes, i) || (area(boxes, j) === area(boxes, i) && j > i);
}

/** Which share of a box another one covers. */
function covered(boxes: Float32Array, i: number, j: number): number {
  const [a, b] = [corners(boxes, i), corners(boxes, j)];
  const common = (axis: 0 | 1): number => Math.max(0, Math.min(a[axis + 2]!, b[axis + 2]!) - Math.max(a[axis]!, b[axis]!));
  return (common(0) * common(1)) / area(boxes, i);
}
