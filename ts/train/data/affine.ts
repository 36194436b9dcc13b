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
export function resampleLinear(x: Float32Array, from: Area, out: Float32Array, to: Area, map: Affine, fill: readonly number[]): void {
  const { height, width } = from;
  const plane = height * width;
  const outPlane = to.height * to.width;
  for (let row = 0, at = 0; row < to.height; row++) {
    for (let column = 0; column < to.width; column++, at++) {
      const u = map.a * column + map.b * row + map.c;
      const v = map.d * column + map.e * row + map.f;
      const left = Math.floor(u);
      const top = Math.floor(v);
      const right = u - left;
      const below = v - top;
      const inside = left >= 0 && left < width - 1 && top >= 0 && top < height - 1;
      for (let i = top * width + left, o = at, channel = 0; o < out.length; i += plane, o += outPlane, channel++) {
        if (inside) {
          const upper = x[i]! * (1 - right) + x[i + 1]! * right;
          const lower = x[i + width]! * (1 - right) + x[i + width + 1]! * right;
          out[o] = upper * (1 - below) + lower * below;
        } else out[o] = atBorder(x, i, left, top, right, below, height, width, fill[channel] ?? fill[0]!);
      }
    }
  }
}

/** The same where some of the four neighbours may be beyond the border. */
function atBorder(x: Float32Array, i: number, left: number, top: number, right: number, below: number, height: number, width: number, fill: number): number {
  const l = left >= 0 && left < width;
  const r = left >= -1 && left < width - 1;
  const t = top >= 0 && top < height;
  const b = top >= -1 && top < height - 1;
  const upper = (l && t ? x[i]! : fill) * (1 - right) + (r && t ? x[i + 1]! : fill) * right;
  const lower = (l && b ? x[i + width]! : fill) * (1 - right) + (r && b ? x[i + width + 1]! : fill) * right;
  return upper * (1 - below) + lower * below;
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
