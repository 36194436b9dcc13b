import type { Place } from '../../image/preprocess.js';

/** Maps of numbers in an array: one a class, or one alone. Steps are in elements. */
export interface Maps {
  readonly data: Float32Array;
  readonly classes: number;
  readonly height: number;
  readonly width: number;
  /** From a class, a row and a pixel to the next. */
  readonly steps: readonly [plane: number, row: number, pixel: number];
}

/** How pixels of a photo lie on a map. */
export interface OnMap {
  readonly place: Place;
  /** The photo as it is shown. */
  readonly full: { readonly width: number; readonly height: number };
  /** Of the input: [height, width]. */
  readonly input: readonly [number, number];
}

/** For each pixel of the photo along one axis the two of the map that it lies between, and how far it is from the first: 0 to 1. */
export interface Axis {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float64Array;
}

interface Line {
  /** Pixels of the photo, of the photo as it was resized, of the input, of the map. */
  readonly full: number;
  readonly resized: number;
  readonly input: number;
  readonly map: number;
  /** From the edge of the resized photo to that of the input. Negative in a letterbox. */
  readonly offset: number;
}

/**
 * Centre goes to centre, as `align_corners=False` of PyTorch has it. What lies beyond the outermost centres gets their values; what is
 * around a letterboxed photo is looked at by none of its pixels.
 */
function axis({ full, resized, offset, input, map }: Line): Axis {
  const on = (at: number): number => ((at - offset) * map) / input;
  const least = Math.min(map - 1, Math.max(0, Math.round(on(0))));
  const most = Math.max(least, Math.min(map, Math.round(on(resized))) - 1);
  const [first, second, share] = [new Int32Array(full), new Int32Array(full), new Float64Array(full)];
  for (let i = 0; i < full; i++) {
    const at = Math.min(most, Math.max(least, on(((i + 0.5) * resized) / full) - 0.5));
    first[i] = Math.floor(at);
    second[i] = Math.min(most, Math.floor(at) + 1);
    share[i] = at - Math.floor(at);
  }
  return { first, second, share };
}

/** Both axes of a photo on a map of this size. */
export function axesOf({ place, full, input: [rows, columns] }: OnMap, { height, width }: Pick<Maps, 'height' | 'width'>): { readonly across: Axis; readonly down: Axis } {
  const { resized, window, frame } = place;
  return {
    across: axis({ full: full.width, resized: resized[1], offset: window.left - (frame?.left ?? 0), input: columns, map: width }),
    down: axis({ full: full.height, resized: resized[0], offset: window.top - (frame?.top ?? 0), input: rows, map: height }),
  };
}

/** The nearer of the two, of equally near ones the second, as `nearest-exact` of PyTorch. */
export function nearestOf({ first, second, share }: Axis): Axis {
  const near = first.map((at, i) => (share[i]! >= 0.5 ? second[i]! : at));
  return { first: near, second: near, share: new Float64Array(near.length) };
}

/**
 * Gives one row of the photo after another: of all numbers no more exist at a time than in two rows.
 * @returns what writes the pixels of row y of map c to an array of as many numbers as the photo is wide
 */
export function rowsOf({ data, width, steps: [plane, row, pixel] }: Maps, across: Axis, down: Axis): (c: number, y: number, to: Float32Array) => void {
  const line = new Float32Array(width);
  const { first, second, share } = across;
  return (c, y, to) => {
    const v = down.share[y]!;
    const [above, below] = [c * plane + down.first[y]! * row, c * plane + down.second[y]! * row];
    for (let x = 0; x < width; x++) line[x] = data[above + x * pixel]! * (1 - v) + data[below + x * pixel]! * v;
    for (let x = 0; x < to.length; x++) to[x] = line[first[x]!]! * (1 - share[x]!) + line[second[x]!]! * share[x]!;
  };
}
