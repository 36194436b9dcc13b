/**
 * Layers forward in float64, by their formulas: plain loops over NCHW, slow and meant to be read. What differences are taken of, so each
 * also says how near its inputs are to a point where it has no derivative.
 */

/** A tensor of float64, row-major. */
export interface Map64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
export const empty = (shape: readonly number[]): Map64 => ({ shape, data: new Float64Array(product(shape)) });

/** Equal but for rounding. */
const EQUAL = 1e-12;

/** What a run came across. */
export class Watch {
  /** Distance of the nearest kink: a sign that could change, a maximum that could be another. Equals of one origin move together. */
  gap = Number.POSITIVE_INFINITY;
  /** Smallest variance that was divided by. */
  spread = Number.POSITIVE_INFINITY;
  /** Of all branches taken: two runs of one number took the same. */
  branches = 0;

  /** @param distance - signed, to the kink */
  kink(distance: number): void {
    const from = Math.abs(distance);
    if (from > EQUAL) this.gap = Math.min(this.gap, from);
    this.took(from <= EQUAL ? 1 : distance > 0 ? 2 : 3);
  }

  took(branch: number): void {
    this.branches = (Math.imul(this.branches, 31) + branch) | 0;
  }

  /** Of one value there is no variance, and nothing depends on it. */
  variance(value: number, count: number): void {
    if (count > 1) this.spread = Math.min(this.spread, value);
  }

  /** The first of the largest. */
  largest(values: readonly number[]): number {
    let best = 0;
    values.forEach((value, i) => {
      if (value > values[best]! + EQUAL) best = i;
    });
    for (const value of values) if (values[best]! - value > EQUAL) this.gap = Math.min(this.gap, values[best]! - value);
    this.took(best);
    return best;
  }
}

/** A window over rows and columns: pairs are [vertical, horizontal], pads [top, left, bottom, right]. */
export interface Window64 {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
}

type Four = readonly [number, number, number, number];
const four = ({ shape }: Map64): Four => shape as Four;

/** Calls for every index of a shape of four dimensions, with its place in memory. */
function each4([n, c, h, w]: Four, call: (at: number, n: number, c: number, h: number, w: number) => void): void {
  let at = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < c; j++) for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) call(at++, i, j, y, x);
}

const sizeAt = (size: number, { kernel, stride, pad, dilation }: Window64, axis: 0 | 1): number =>
  Math.floor((size + pad[axis] + pad[axis + 2]! - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;

/** weight [OC, C / groups, KH, KW] */
export function conv2d64(x: Map64, weight: Map64, bias: Map64 | undefined, window: Window64, groups: number): Map64 {
  const [n, c, h, w] = four(x);
  const [oc, per, kh, kw] = four(weight);
  const { stride, pad, dilation } = window;
  const y = empty([n, oc, sizeAt(h, window, 0), sizeAt(w, window, 1)]);
  each4(four(y), (at, image, o, oh, ow) => {
    let sum = bias ? bias.data[o]! : 0;
    const first = Math.floor(o / (oc / groups)) * per;
    for (let i = 0; i < per; i++) for (let u = 0; u < kh; u++) {
      const row = oh * stride[0] - pad[0] + u * dilation[0];
      if (row < 0 || row >= h) continue;
      for (let v = 0; v < kw; v++) {
        const column = ow * stride[1] - pad[1] + v * dilation[1];
        if (column < 0 || column >= w) continue;
        sum += x.data[((image * c + first + i) * h + row) * w + column]! * weight.data[((o * per + i) * kh + u) * kw + v]!;
      }
    }
    y.data[at] = sum;
  });
  return y;
}

/** weight [C, OC / groups, KH, KW]: each input is strewn over the outputs that it reaches. */
export function convTranspose64(x: Map64, weight: Map64, bias: Map64 | undefined, window: Window64, groups: number, more: readonly [number, number]): Map64 {
  const [n, c, h, w] = four(x);
  const [, per, kh, kw] = four(weight);
  const { stride, pad, dilation } = window;
  const length = (size: number, k: number, axis: 0 | 1): number => (size - 1) * stride[axis] - pad[axis] - pad[axis + 2]! + dilation[axis] * (k - 1) + more[axis] + 1;
  const [oc, oh, ow] = [per * groups, length(h, kh, 0), length(w, kw, 1)];
  const y = empty([n, oc, oh, ow]);
  each4(four(y), (at, _, o) => (y.data[at] = bias ? bias.data[o]! : 0));
  each4(four(x), (at, image, i, row, column) => {
    const first = Math.floor(i / (c / groups)) * per;
    for (let o = 0; o < per; o++) for (let u = 0; u < kh; u++) for (let v = 0; v < kw; v++) {
      const [r, q] = [row * stride[0] - pad[0] + u * dilation[0], column * stride[1] - pad[1] + v * dilation[1]];
      if (r < 0 || r >= oh || q < 0 || q >= ow) continue;
      y.data[((image * oc + first + o) * oh + r) * ow + q]! += x.data[at]! * weight.data[((i * per + o) * kh + u) * kw + v]!;
    }
  });
  return y;
}

/** weight [OUT, IN], over the last dimension. */
export function linear64(x: Map64, weight: Map64, bias: Map64 | undefined): Map64 {
  const [out, features] = weight.shape as [number, number];
  const y = empty([...x.shape.slice(0, -1), out]);
  y.data.forEach((_, at) => {
    const [row, o] = [Math.floor(at / out), at % out];
    let sum = bias ? bias.data[o]! : 0;
    for (let i = 0; i < features; i++) sum += x.data[row * features + i]! * weight.data[o * features + i]!;
    y.data[at] = sum;
  });
  return y;
}

/** Taps of a window that lie in the map, and how many in the map and its padding. */
function taps(size: number, at: number, window: Window64, axis: 0 | 1): { readonly inside: number[]; readonly padded: number } {
  const first = at * window.stride[axis] - window.pad[axis];
  const all = Array.from({ length: window.kernel[axis] }, (_, k) => first + k * window.dilation[axis]);
  return { inside: all.filter((i) => i >= 0 && i < size), padded: all.filter((i) => i < size + window.pad[axis + 2]!).length };
}

/** PyTorch's rule of `ceil_mode`: the last window begins within the map or the padding before it. */
function pooledSize(size: number, window: Window64, axis: 0 | 1, ceil: boolean): number {
  const floor = sizeAt(size, window, axis);
  if (!ceil) return floor;
  const rest = size + window.pad[axis] + window.pad[axis + 2]! - window.dilation[axis] * (window.kernel[axis] - 1) - 1;
  const up = Math.ceil(rest / window.stride[axis]) + 1;
  return (up - 1) * window.stride[axis] >= size + window.pad[axis] ? up - 1 : up;
}

export interface Pool64 extends Window64 {
  readonly ceil: boolean;
}

function pooled(x: Map64, pool: Pool64, reduce: (values: number[], padded: number) => number): Map64 {
  const [n, c, h, w] = four(x);
  const y = empty([n, c, pooledSize(h, pool, 0, pool.ceil), pooledSize(w, pool, 1, pool.ceil)]);
  each4(four(y), (at, image, channel, oh, ow) => {
    const [rows, columns] = [taps(h, oh, pool, 0), taps(w, ow, pool, 1)];
    const values = rows.inside.flatMap((row) => columns.inside.map((column) => x.data[((image * c + channel) * h + row) * w + column]!));
    y.data[at] = reduce(values, rows.padded * columns.padded);
  });
  return y;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const maxPool64 = (x: Map64, pool: Pool64, watch: Watch): Map64 => pooled(x, pool, (values) => values[watch.largest(values)]!);

/** @param divisor - 0 for the number of elements */
export const avgPool64 = (x: Map64, pool: Pool64, includePad: boolean, divisor: number): Map64 =>
  pooled(x, pool, (values, padded) => sum(values) / (divisor || (includePad ? padded : values.length)));

export function adaptive64(x: Map64, size: readonly [number, number], reduce = (values: number[]): number => sum(values) / values.length): Map64 {
  const [n, c, h, w] = four(x);
  const y = empty([n, c, ...size]);
  const range = (length: number, out: number, i: number): number[] => {
    const [first, end] = [Math.floor((i * length) / out), Math.ceil(((i + 1) * length) / out)];
    return Array.from({ length: end - first }, (_, k) => first + k);
  };
  each4(four(y), (at, image, channel, oh, ow) => {
    const values = range(h, size[0], oh).flatMap((row) => range(w, size[1], ow).map((column) => x.data[((image * c + channel) * h + row) * w + column]!));
    y.data[at] = reduce(values);
  });
  return y;
}

export const globalMax64 = (x: Map64, watch: Watch): Map64 => adaptive64(x, [1, 1], (values) => values[watch.largest(values)]!);

/** Elements of each group brought to mean 0 and variance 1. */
export function normalized64(x: Map64, groupOf: (at: number) => number, eps: number, watch: Watch): Map64 {
  const members = new Map<number, number[]>();
  x.data.forEach((_, at) => {
    const [group, known] = [groupOf(at), members.get(groupOf(at))];
    if (known) known.push(at);
    else members.set(group, [at]);
  });
  const y = empty(x.shape);
  for (const places of members.values()) {
    const mean = sum(places.map((at) => x.data[at]!)) / places.length;
    const variance = sum(places.map((at) => (x.data[at]! - mean) ** 2)) / places.length;
    watch.variance(variance, places.length);
    for (const at of places) y.data[at] = (x.data[at]! - mean) / Math.sqrt(variance + eps);
  }
  return y;
}

/** x * scale + shift, by a number for each element: `of` says which. */
export function affine64(x: Map64, scale: (at: number) => number, shift: (at: number) => number): Map64 {
  return { shape: x.shape, data: x.data.map((value, at) => value * scale(at) + shift(at)) };
}

/** The channel of an element: dimension 1. */
export function channelOf({ shape }: Map64): (at: number) => number {
  const inner = product(shape.slice(2));
  return (at) => Math.floor(at / inner) % shape[1]!;
}

/** Over `size` channels, of which `size / 2` rounded down lie before. */
export function lrn64(x: Map64, size: number, alpha: number, beta: number, k: number): Map64 {
  const [, c, h, w] = four(x);
  const y = empty(x.shape);
  each4(four(x), (at, image, channel, row, column) => {
    let squares = 0;
    const first = channel - Math.floor(size / 2);
    for (let i = Math.max(0, first); i < Math.min(c, first + size); i++) squares += x.data[((image * c + i) * h + row) * w + column]! ** 2;
    y.data[at] = x.data[at]! / (k + (alpha * squares) / size) ** beta;
  });
  return y;
}

/** Along a dimension. */
export function softmax64(x: Map64, dim: number, log: boolean): Map64 {
  const [length, inner] = [x.shape[dim]!, product(x.shape.slice(dim + 1))];
  const y = empty(x.shape);
  x.data.forEach((value, at) => {
    const first = at - (Math.floor(at / inner) % length) * inner;
    const all = Array.from({ length }, (_, i) => x.data[first + i * inner]!);
    const most = Math.max(...all);
    const total = sum(all.map((other) => Math.exp(other - most)));
    y.data[at] = log ? value - most - Math.log(total) : Math.exp(value - most) / total;
  });
  return y;
}
