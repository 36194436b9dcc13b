/**
 * Separable resize on bytes, giving the numbers Pillow gives: when shrinking, the filter widens with the
 * scale (antialiasing); weights are rounded to 22 fractional bits; each pass rounds back to a byte.
 * Everything is integer arithmetic after the weights, so every machine gets the same pixels.
 */
import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';
import { checkRgb, checkSize } from './pixels.js';
import type { ResizeFilter, RgbImage } from './types.js';

/** 8 bits of pixel, 2 of headroom for weights that overshoot 1, the other 22 of an i32 for the fraction. */
const FRACTION_BITS = 22;
const ONE = 1 << FRACTION_BITS;
const HALF = 1 << (FRACTION_BITS - 1);

interface Kernel {
  /** Reach on either side, in source pixels at scale 1. */
  readonly support: number;
  weight(distance: number): number;
}

const KERNELS: Readonly<Record<ResizeFilter, Kernel>> = {
  bilinear: { support: 1, weight: (d) => Math.max(0, 1 - Math.abs(d)) },
  bicubic: { support: 2, weight: (d) => cubic(Math.abs(d)) },
};

/** Keys' cubic convolution with a = -1/2 (Keys 1981, doi 10.1109/TASSP.1981.1163711). */
function cubic(d: number): number {
  const a = -0.5;
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}

/** For each output position: the first source position, how many, and their weights in fixed point. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [outputs, stride] */
  readonly weights: Int32Array;
  readonly stride: number;
}

function taps(from: number, to: number, kernel: Kernel): Taps {
  const scale = from / to;
  const widen = Math.max(scale, 1);
  const support = kernel.support * widen;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  for (let o = 0; o < to; o++) {
    const centre = (o + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const n = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let total = 0;
    for (let i = 0; i < n; i++) {
      const w = kernel.weight((i + start - centre + 0.5) * (1 / widen));
      exact[i] = w;
      total += w;
    }
    first[o] = start;
    count[o] = n;
    for (let i = 0; i < n; i++) {
      const w = ((exact[i] ?? 0) / total) * ONE;
      weights[o * stride + i] = Math.trunc(w < 0 ? w - 0.5 : w + 0.5);
    }
  }
  return { first, count, weights, stride };
}

/**
 * Resizes to exactly `width` x `height`, proportions kept or not. An axis that keeps its length is not filtered.
 * @returns a new image; the argument is left alone
 * @throws ArgumentError for an unknown filter or an impossible target; ImageError for what is no RGB image
 */
export function resize(image: RgbImage, width: number, height: number, filter: ResizeFilter = 'bilinear'): RgbImage {
  const kernel = typeof filter === 'string' && Object.hasOwn(KERNELS, filter) ? KERNELS[filter] : undefined;
  if (!kernel) {
    wrong('resize', 'the filter bilinear or bicubic', showValue(filter));
  }
  checkTarget(width, height);
  checkRgb(image, 'resize');
  checkSize(width, image.height, 'resize'); // what lies between the two passes
  let { data } = image;
  if (width !== image.width) data = horizontal(data, image.width, image.height, width, taps(image.width, width, kernel));
  if (height !== image.height) data = vertical(data, width, height, taps(image.height, height, kernel));
  return { data: data === image.data ? data.slice() : data, width, height };
}

function checkTarget(width: number, height: number): void {
  if (Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1) {
    checkSize(width, height, 'resize');
    return;
  }
  wrong('resize', 'a whole width and height of at least 1', `${showValue(width)} x ${showValue(height)}`);
}

/** [rows, from, 3] -> [rows, to, 3] */
function horizontal(data: Uint8Array, from: number, rows: number, to: number, t: Taps): Uint8Array {
  const out = new Uint8ClampedArray(rows * to * 3);
  const { first, count, weights, stride } = t;
  for (let y = 0, at = 0; y < rows; y++) {
    for (let x = 0; x < to; x++, at += 3) {
      let p = (y * from + first[x]!) * 3;
      let r = HALF;
      let g = HALF;
      let b = HALF;
      const end = x * stride + count[x]!;
      for (let k = x * stride; k < end; k++, p += 3) {
        const w = weights[k]!;
        r += data[p]! * w;
        g += data[p + 1]! * w;
        b += data[p + 2]! * w;
      }
      out[at] = r >> FRACTION_BITS;
      out[at + 1] = g >> FRACTION_BITS;
      out[at + 2] = b >> FRACTION_BITS;
    }
  }
  return new Uint8Array(out.buffer);
}

/** [from, width, 3] -> [to, width, 3]; whole rows at a time, so that memory is read in order. */
function vertical(data: Uint8Array, width: number, to: number, t: Taps): Uint8Array {
  const row = width * 3;
  const out = new Uint8ClampedArray(to * row);
  const sums = new Int32Array(row);
  for (let y = 0; y < to; y++) {
    sums.fill(HALF);
    const start = t.first[y]!;
    for (let k = 0; k < t.count[y]!; k++) {
      const w = t.weights[y * t.stride + k]!;
      const source = (start + k) * row;
      for (let i = 0; i < row; i++) sums[i] = sums[i]! + data[source + i]! * w;
    }
    for (let i = 0; i < row; i++) out[y * row + i] = sums[i]! >> FRACTION_BITS;
  }
  return new Uint8Array(out.buffer);
}
