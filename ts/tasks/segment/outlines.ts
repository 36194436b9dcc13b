import { checkMask } from './mask.js';
import type { InstanceMask, Mask } from './mask.js';

/** A closed line around pixels of a class, or around a hole in them. */
export interface Outline {
  /**
   * Corners in order, the first not repeated: x, y, x, y, ... in pixels of the photo, whole numbers since lines run between pixels. Around
   * pixels they go clockwise as one sees it, around a hole the other way.
   */
  readonly points: Int32Array;
  /** Whether what is inside is not of the class. */
  readonly hole: boolean;
}

/** East, south, west, north: turning right is the next. */
const STEPS = [[1, 0], [0, 1], [-1, 0], [0, -1]] as const;

/**
 * The outlines of all pixels of a class: each region's and each hole's, in the order in which rows from the top meet them.
 *
 * A line walks between pixels with the class on its right hand (crack following, Rosenfeld and Kak 1982, "Digital Picture Processing"), so
 * that areas of outlines less those of holes are the number of pixels. Pixels that only touch at a corner are not connected; it is
 * linear in the pixels.
 * @param index - the class. Default 1, which is the thing in a mask of one thing
 * @throws ShapeError for what is no mask; ArgumentError for what is no object
 */
export function outlines(mask: Mask | InstanceMask, index = 1): Outline[] {
  checkMask(mask, 'outlines');
  const { data, width, height } = mask;
  const [left, top] = 'left' in mask ? [mask.left, mask.top] : [0, 0];
  const is = (x: number, y: number): boolean => x >= 0 && x < width && y >= 0 && y < height && data[y * width + x] === index;
  const walked = new Uint8Array(width * height);
  const found: Outline[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (walked[y * width + x] === 1 || !is(x, y) || is(x, y - 1)) continue;
      found.push(walk(x, y, { is, walked, width, left, top }));
    }
  }
  return found;
}

interface Ground {
  readonly is: (x: number, y: number) => boolean;
  /** Pixels along whose upper side a line has gone. */
  readonly walked: Uint8Array;
  readonly width: number;
  readonly left: number;
  readonly top: number;
}

/** Walks from the upper left corner of a pixel eastwards until it is there again. */
function walk(startX: number, startY: number, { is, walked, width, left, top }: Ground): Outline {
  const points: number[] = [];
  let [x, y, facing, area] = [startX, startY, 0, 0];
  do {
    if (facing === 0) walked[y * width + x] = 1;
    const [dx, dy] = STEPS[facing]!;
    [x, y] = [x + dx, y + dy];
    // What a step adds to the area under the line; downwards is positive here.
    area += dy * x;
    const turned = turn(x, y, facing, is);
    if (turned !== facing) points.push(left + x, top + y);
    facing = turned;
  } while (x !== startX || y !== startY || facing !== 0);
  return { points: Int32Array.from(points), hole: area < 0 };
}

/** Where to from a corner: right where the pixel ahead on the right is not of the class, else left where the one on the left is. */
function turn(x: number, y: number, facing: number, is: Ground['is']): number {
  const ahead = (side: 0 | 1): boolean => {
    // The four pixels around a corner, clockwise from the lower right one, which is ahead on the right of who faces east.
    const [px, py] = [[0, 0], [-1, 0], [-1, -1], [0, -1]][(facing + 3 * side) % 4]!;
    return is(x + px!, y + py!);
  };
  if (!ahead(0)) return (facing + 1) % 4;
  return ahead(1) ? (facing + 3) % 4 : facing;
}
