/** Where an output pixel comes from: source column a * col + b * row + c, source row d * col + e * row + f. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** What happens to an image, in this order: mirrored, enlarged, sheared, turned about its centre, shifted, cut out. */
export interface Placement {
  readonly mirrorColumns: boolean;
  readonly mirrorRows: boolean;
  readonly scale: number;
  /** Radians. */
  readonly shear: number;
  /** Radians. */
  readonly rotate: number;
  /** Rows, columns. */
  readonly shift: readonly [number, number];
  /** First row and column of what is cut out; negative in the padding. */
  readonly corner: readonly [number, number];
}

/** Height and width. */
export interface Area {
  readonly height: number;
  readonly width: number;
}

/**
 * The inverse of a placement. Without turning, scaling and shearing its numbers are exact, so that pixels are copied.
 */
export function inverseOf(placement: Placement, { height, width }: Area): Affine {
  const { mirrorColumns, mirrorRows, scale, shear, rotate, shift, corner } = placement;
  const [cos, sin, tan] = [Math.cos(rotate), Math.sin(rotate), Math.tan(shear)];
  const [across, down] = [(mirrorColumns ? -1 : 1) / scale, (mirrorRows ? -1 : 1) / scale];
  // mirror * 1 / scale * (1 -tan, 0 1) * (cos sin, -sin cos)
  const [a, b] = [across * (cos + tan * sin), across * (sin - tan * cos)];
  const [d, e] = [down * -sin, down * cos];
  const [middleColumn, middleRow] = [(width - 1) / 2, (height - 1) / 2];
  const column = corner[1] - shift[1] - middleColumn;
  const row = corner[0] - shift[0] - middleRow;
  return { a, b, c: a * column + b * row + middleColumn, d, e, f: d * column + e * row + middleRow };
}

/**
 * Resamples an image, bilinear.
 * @param x - [channels, from.height, from.width]
 * @param out - [channels, to.height, to.width], written
 * @param fill - by channel, or one for all: the value of pixels beyond the border
 */
export function resampleLinear(x: Float32Array, from: Area, out: Float32Array, to: Area, { a, b, c, d, e, f }: Affine, fill: readonly number[]): void {
  const { height, width } = from;
  const plane = height * width;
  const channels = x.length / plane;
  const outPlane = to.height * to.width;
  for (let at = 0; at < outPlane; at++) {
    const [row, column] = [Math.floor(at / to.width), at % to.width];
    const [u, v] = [a * column + b * row + c, d * column + e * row + f];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [right, below] = [u - left, v - top];
    // Whether each of the four neighbours is within.
    const [l, r, t, o] = [left >= 0 && left < width, left >= -1 && left < width - 1, top >= 0 && top < height, top >= -1 && top < height - 1];
    for (let channel = 0; channel < channels; channel++) {
      const i = channel * plane + top * width + left;
      const beyond = fill[channel] ?? fill[0]!;
      const upper = (l && t ? x[i]! : beyond) * (1 - right) + (r && t ? x[i + 1]! : beyond) * right;
      const lower = (l && o ? x[i + width]! : beyond) * (1 - right) + (r && o ? x[i + width + 1]! : beyond) * right;
      out[channel * outPlane + at] = upper * (1 - below) + lower * below;
    }
  }
}

/**
 * Takes the nearest pixel: classes cannot be averaged.
 * @param x - [from.height, from.width]
 * @param out - [to.height, to.width], written
 * @param fill - the class of pixels beyond the border
 */
export function resampleNearest(x: Int32Array, from: Area, out: Int32Array, to: Area, { a, b, c, d, e, f }: Affine, fill: number): void {
  const { height, width } = from;
  for (let row = 0, at = 0; row < to.height; row++) {
    for (let column = 0; column < to.width; column++, at++) {
      const [u, v] = [Math.round(a * column + b * row + c), Math.round(d * column + e * row + f)];
      out[at] = u >= 0 && u < width && v >= 0 && v < height ? x[v * width + u]! : fill;
    }
  }
}
