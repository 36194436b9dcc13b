import { expectNumbers } from '../../base/given.js';

/** Left, top, right, bottom in pixels. */
export type Edges = readonly [left: number, top: number, right: number, bottom: number];

/** Factors of the offsets of centre x, centre y, width and height. */
export type CoderWeights = readonly [x: number, y: number, width: number, height: number];

const BOX = 'left, top, right and bottom';

/** No box grows by more than this: ln(1000 / 16). */
const MOST_GROWTH = Math.log(1000 / 16);

function centred([left, top, right, bottom]: Edges): [x: number, y: number, width: number, height: number] {
  const [width, height] = [right - left, bottom - top];
  return [left + 0.5 * width, top + 0.5 * height, width, height];
}

/**
 * The offsets of a box from another one, as torchvision's `BoxCoder.encode_single` (Girshick et al. 2013, arXiv 1311.2524): centre x and y
 * in sizes of `from`, the logarithms of how much wider and higher it is, each times its weight.
 * @throws ArgumentError for what are no four finite numbers
 */
export function encodeBox(from: Edges, box: Edges, weights: CoderWeights = [1, 1, 1, 1]): [number, number, number, number] {
  for (const edges of [from, box]) expectNumbers('encodeBox', BOX, edges, 4);
  expectNumbers('encodeBox: weights', 'four factors', weights, 4);
  const [[x, y, width, height], [bx, by, bWidth, bHeight]] = [centred(from), centred(box)];
  return [
    (weights[0] * (bx - x)) / width,
    (weights[1] * (by - y)) / height,
    weights[2] * Math.log(bWidth / width),
    weights[3] * Math.log(bHeight / height),
  ];
}

/** The box that is `offsets` away from another one: of what `encodeBox` gives. It grows at most by 1000 / 16. @throws as `encodeBox` */
export function decodeBox(from: Edges, offsets: readonly [number, number, number, number], weights: CoderWeights = [1, 1, 1, 1]): Edges {
  expectNumbers('decodeBox', BOX, from, 4);
  expectNumbers('decodeBox: offsets', 'four offsets', offsets, 4);
  expectNumbers('decodeBox: weights', 'four factors', weights, 4);
  const [x, y, width, height] = centred(from);
  const [cx, cy] = [x + (offsets[0] / weights[0]) * width, y + (offsets[1] / weights[1]) * height];
  const halfWidth = 0.5 * width * Math.exp(Math.min(offsets[2] / weights[2], MOST_GROWTH));
  const halfHeight = 0.5 * height * Math.exp(Math.min(offsets[3] / weights[3], MOST_GROWTH));
  return [cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight];
}
