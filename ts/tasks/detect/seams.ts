import type { Corners } from './box-form.js';
import { chosen } from './head.js';
import type { RawBoxes } from './head.js';
import { joined } from './joined.js';
import type { Tile } from './tiles.js';

/** A box ends at a seam that is nearer than this share of the tile. */
const NEAR = 0.01;
/** Two parts are of one thing if along the seam their sides have this intersection over union. */
const SAME = 0.5;
/** Boxes that are compared with each other, those of highest score: each may have to meet all. */
const MOST = 10_000;

/** How boxes are compared. */
export interface SeamOptions {
  /** Which share of a box has to be covered. */
  readonly most: number;
  /** Whether by boxes of other classes too. */
  readonly agnostic: boolean;
  readonly photo: Pick<Tile, 'width' | 'height'>;
}

/** What was found in a part of the photo, which is a tile, or those tiles together that have seen something. */
interface Piece {
  readonly box: Corners;
  readonly part: Corners;
  readonly score: number;
  readonly group: number;
}

/**
 * Joins the boxes of tiles. Of a thing that some tile holds whole, the parts that others have cut off go: boxes that end at the edge of
 * their tile, within the photo, and of which a larger box of another tile covers more than the given share. Of a thing that no tile holds
 * whole, the parts on both sides of a seam become one box, with the higher score. Suppression would leave the parts.
 * @param found - of each tile the boxes, in pixels of the photo
 */
export function withoutCuts(found: readonly RawBoxes[], views: readonly { readonly part: Tile }[], options: SeamOptions): RawBoxes {
  const all = best(joined(found), found.flatMap(({ scores }, i) => Array.from(scores, () => views[i]!.part)));
  const { scores, classes } = all.boxes;
  const parts = new Map(views.map(({ part }) => [part, sides(part)] as const));
  const pieces = all.tiles.map((tile, i): Piece => ({ box: corners(all.boxes.boxes, i), part: parts.get(tile)!, score: scores[i]!, group: classes[i]! }));
  // What is covered goes last: a part may cover most of another one, and still lack the rest of the thing.
  return rawOf(uncovered(mended(pieces, options), options));
}

/** At most as many as are compared. */
function best(boxes: RawBoxes, tiles: readonly Tile[]): { readonly boxes: RawBoxes; readonly tiles: readonly Tile[] } {
  if (tiles.length <= MOST) return { boxes, tiles };
  const order = Array.from(tiles.keys()).sort((a, b) => boxes.scores[b]! - boxes.scores[a]! || a - b).slice(0, MOST);
  return { boxes: chosen(boxes, order), tiles: order.map((i) => tiles[i]!) };
}

function uncovered(pieces: readonly Piece[], { most, agnostic, photo }: SeamOptions): Piece[] {
  const isCovered = (own: Piece, i: number): boolean =>
    pieces.some((other, j) => other.part !== own.part && (agnostic || other.group === own.group) && covered(own.box, other.box) > most && isLess(own.box, other.box, i > j));
  return pieces.filter((own, i) => !cutAt(own, photo).some(Boolean) || !isCovered(own, i));
}

/** Parts on both sides of a seam as one, and that again as a part: a large thing may lie in several tiles of a row, and in several rows. */
function mended(pieces: readonly Piece[], options: SeamOptions): Piece[] {
  const isCut = (piece: Piece): boolean => cutAt(piece, options.photo).some(Boolean);
  // No two of `apart` are of one thing.
  const [left, apart] = [pieces.filter(isCut).reverse(), [] as Piece[]];
  for (let own = left.pop(); own; own = left.pop()) {
    const piece = own;
    const at = apart.findIndex((other) => areOne(piece, other, options));
    if (at < 0) apart.push(piece);
    else left.push(together(piece, apart.splice(at, 1)[0]!));
  }
  return [...pieces.filter((piece) => !isCut(piece)), ...apart];
}

/** Whether a seam between their parts has cut one thing in two: across it they meet, along it they are side by side. */
function areOne(a: Piece, b: Piece, { agnostic, photo }: SeamOptions): boolean {
  if (!agnostic && a.group !== b.group) return false;
  return ([0, 1] as const).some((axis) => {
    const [first, second] = a.part[axis] < b.part[axis] ? [a, b] : [b, a];
    const meets = second.box[axis] <= first.box[axis + 2]! + near(first.part, axis);
    return meets && cutAt(first, photo)[axis + 2] === true && cutAt(second, photo)[axis] === true && alike(a.box, b.box, axis === 0 ? 1 : 0) >= SAME;
  });
}

/** Intersection over union of the sides along an axis. */
function alike(a: Corners, b: Corners, axis: 0 | 1): number {
  const common = Math.min(a[axis + 2]!, b[axis + 2]!) - Math.max(a[axis], b[axis]);
  return common / (Math.max(a[axis + 2]!, b[axis + 2]!) - Math.min(a[axis], b[axis]));
}

function together(a: Piece, b: Piece): Piece {
  const better = b.score > a.score ? b : a;
  return { box: around(a.box, b.box), part: around(a.part, b.part), score: better.score, group: better.group };
}

function around(a: Corners, b: Corners): Corners {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/** At which sides of its part a box ends, within the photo: left, top, right, bottom. */
function cutAt({ box, part }: Piece, { width, height }: SeamOptions['photo']): readonly boolean[] {
  const [x, y] = [near(part, 0), near(part, 1)];
  const [left, top, right, bottom] = part;
  return [
    left > 0 && box[0] < left + x, top > 0 && box[1] < top + y, right < width && box[2] > right - x, bottom < height && box[3] > bottom - y,
  ];
}

function near(part: Corners, axis: 0 | 1): number {
  return (part[axis + 2]! - part[axis]) * NEAR;
}

function sides({ left, top, width, height }: Tile): Corners {
  return [left, top, left + width, top + height];
}

function corners(boxes: Float32Array, i: number): Corners {
  return [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!];
}

function area([left, top, right, bottom]: Corners): number {
  return (right - left) * (bottom - top);
}

/** Of two parts that cover each other one goes. */
function isLess(a: Corners, b: Corners, isLater: boolean): boolean {
  return area(a) < area(b) || (area(a) === area(b) && isLater);
}

/** Which share of a box another one covers. */
function covered(a: Corners, b: Corners): number {
  const common = (axis: 0 | 1): number => Math.max(0, Math.min(a[axis + 2]!, b[axis + 2]!) - Math.max(a[axis], b[axis]));
  return (common(0) * common(1)) / area(a);
}

function rawOf(pieces: readonly Piece[]): RawBoxes {
  return {
    boxes: Float32Array.from(pieces.flatMap(({ box }) => box)), scores: Float32Array.from(pieces, ({ score }) => score), classes: Uint32Array.from(pieces, ({ group }) => group),
  };
}
