import { ShapeError } from '../base/errors.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';

/** How boxes are written relative to others, which a network knows. Boxes are [n, 4]: left, top, right, bottom, in pixels. */
export interface BoxCoder {
  /**
   * What a network should say of boxes.
   * @param boxes - [n, 4]
   * @param anchors - [n, 4]: what each is relative to
   * @returns [n, 4] codes
   * @throws ShapeError for lengths that do not fit
   */
  encode(boxes: Float32Array, anchors: Float32Array): Float32Array;
  /**
   * The boxes that a network means.
   * @param codes - [n, 4]
   * @param anchors - [n, 4]
   * @returns [n, 4] boxes
   * @throws ShapeError for lengths that do not fit
   */
  decode(codes: Float32Array, anchors: Float32Array): Float32Array;
}

type Four = readonly [number, number, number, number];
type Row = (of: Four, anchor: Four) => Four;

function coder(encode: Row, decode: Row): BoxCoder {
  return { encode: (boxes, anchors) => rows('encode', boxes, anchors, encode), decode: (codes, anchors) => rows('decode', codes, anchors, decode) };
}

function rows(place: string, of: Float32Array, anchors: Float32Array, row: Row): Float32Array {
  for (const [name, given] of Object.entries({ boxes: of, anchors })) {
    if (!(given instanceof Float32Array) || given.length % 4 !== 0) wrong(`${place}: ${name}`, 'a Float32Array of four numbers a box', showValue(given), { as: ShapeError });
  }
  if (of.length !== anchors.length) wrong(`${place}: anchors`, `${of.length / 4}, one for each box`, String(anchors.length / 4), { as: ShapeError });
  const out = new Float32Array(of.length);
  const four = (data: Float32Array, at: number): Four => [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
  for (let at = 0; at < of.length; at += 4) out.set(row(four(of, at), four(anchors, at)), at);
  return out;
}

/** Centre x, centre y, width, height. */
const centred = ([left, top, right, bottom]: Four): Four => [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top];
const cornered = ([x, y, width, height]: Four): Four => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];

/**
 * Distances from the centre of an anchor to the left, top, right and bottom edge (Tian et al. 2019, arXiv 1904.01355): torchvision's
 * `BoxLinearCoder` with `normalize_by_size: false`.
 */
export function ltrbCoder(): BoxCoder {
  return coder(
    ([left, top, right, bottom], anchor) => {
      const [x, y] = centred(anchor);
      return [x - left, y - top, right - x, bottom - y];
    },
    ([left, top, right, bottom], anchor) => {
      const [x, y] = centred(anchor);
      return [x - left, y - top, x + right, y + bottom];
    },
  );
}

/** The centre relative to that of an anchor, and the size, both in sides of the anchor: what `tinyYolo` says of its cells (Redmon et al. 2015, arXiv 1506.02640). */
export function cxcywhCoder(): BoxCoder {
  return coder(
    (box, anchor) => {
      const [x, y, width, height] = centred(box);
      const [ax, ay, aw, ah] = centred(anchor);
      return [(x - ax) / aw, (y - ay) / ah, width / aw, height / ah];
    },
    ([x, y, width, height], anchor) => {
      const [ax, ay, aw, ah] = centred(anchor);
      return cornered([ax + x * aw, ay + y * ah, width * aw, height * ah]);
    },
  );
}

/** The largest logarithm of a factor between an anchor and a box: a network that is not trained yet must not give infinite boxes. */
const MAX_LOG = Math.log(1000 / 16);

/**
 * The centre relative to that of an anchor in sides of it, and the logarithm of the factor between their sides, each times a weight
 * (Girshick et al. 2013, arXiv 1311.2524, appendix C): torchvision's `BoxCoder`, its limit of log(1000 / 16) included.
 * @param weights - of centre x, centre y, width and height. Default 1 each
 * @throws ArgumentError for weights that are no four numbers above 0
 */
export function boxCoder(weights: readonly number[] = [1, 1, 1, 1]): BoxCoder {
  const fits = Array.isArray(weights) && weights.length === 4 && (weights as readonly unknown[]).every((weight) => typeof weight === 'number' && weight > 0 && Number.isFinite(weight));
  if (!fits) wrong('boxCoder', 'four weights above 0', showValue(weights));
  const [wx, wy, ww, wh] = weights as unknown as Four;
  return coder(
    (box, anchor) => {
      const [x, y, width, height] = centred(box);
      const [ax, ay, aw, ah] = centred(anchor);
      return [(wx * (x - ax)) / aw, (wy * (y - ay)) / ah, ww * Math.log(width / aw), wh * Math.log(height / ah)];
    },
    ([x, y, width, height], anchor) => {
      const [ax, ay, aw, ah] = centred(anchor);
      const side = (log: number, anchored: number): number => Math.exp(Math.min(log, MAX_LOG)) * anchored;
      return cornered([ax + (x / wx) * aw, ay + (y / wy) * ah, side(width / ww, aw), side(height / wh, ah)]);
    },
  );
}
