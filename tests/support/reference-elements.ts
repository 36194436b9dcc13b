/** Layers that work on single elements, or move them, forward in float64; see `reference.ts`. */
import { channelOf, empty, product } from './reference.js';
import type { Map64, Watch } from './reference.js';

/** 2 / sqrt(pi) * x * exp(-x^2) * sum of (2 x^2)^n / (2n + 1)!!: all terms have one sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, total] = [x, x];
  for (let n = 1; n < 200 && Math.abs(term) > 1e-18 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

/** A function of one number, and where it has no derivative. */
export interface Curve {
  readonly of: (x: number) => number;
  readonly kinks: readonly number[];
}

const smooth = (of: (x: number) => number): Curve => ({ of, kinks: [] });
const slope = (negative: number): Curve => ({ of: (x) => (x > 0 ? x : negative * x), kinks: [0] });

export const CURVES = {
  relu: slope(0),
  relu6: { of: (x) => clamp(x, 0, 6), kinks: [0, 6] },
  leakyRelu: slope(0.1),
  sigmoid: smooth(logistic),
  tanh: smooth(Math.tanh),
  silu: smooth((x) => x * logistic(x)),
  hardswish: { of: (x) => (x * clamp(x + 3, 0, 6)) / 6, kinks: [-3, 3] },
  hardsigmoid: { of: (x) => clamp(x / 6 + 0.5, 0, 1), kinks: [-3, 3] },
  gelu: smooth((x) => (x / 2) * (1 + erf(x / Math.SQRT2))),
  geluTanh: smooth((x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))),
} satisfies Record<string, Curve>;

export function curve64(x: Map64, { of, kinks }: Curve, watch: Watch): Map64 {
  for (const value of x.data) for (const kink of kinks) watch.kink(value - kink);
  return { shape: x.shape, data: x.data.map(of) };
}

/** Slopes of one for all, or one for each channel. */
export function prelu64(x: Map64, { data: slopes }: Map64, watch: Watch): Map64 {
  const channel = channelOf(x);
  const data = x.data.map((value, at) => {
    watch.kink(value);
    return value > 0 ? value : value * slopes[slopes.length === 1 ? 0 : channel(at)]!;
  });
  return { shape: x.shape, data };
}

/** Coordinates of an element. */
function coordinates(shape: readonly number[], at: number): number[] {
  const all: number[] = [];
  let rest = at;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    all[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return all;
}

const placeOf = (shape: readonly number[], at: readonly number[]): number => at.reduce((place, i, axis) => place * shape[axis]! + i, 0);

/** Elements of another value: `from` says at which coordinates, or gives a number in their place. */
function gathered(x: Map64, shape: readonly number[], from: (at: readonly number[]) => readonly number[] | number): Map64 {
  const y = empty(shape);
  y.data.forEach((_, at) => {
    const source = from(coordinates(shape, at));
    y.data[at] = typeof source === 'number' ? source : x.data[placeOf(x.shape, source)]!;
  });
  return y;
}

/** Two values of elements that stand in for each other as NumPy has it. */
export function binary64(a: Map64, b: Map64, of: (a: number, b: number) => number): Map64 {
  const rank = Math.max(a.shape.length, b.shape.length);
  const dim = ({ shape }: Map64, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(dim(a, axis), dim(b, axis)));
  const spread = (x: Map64): Map64 => gathered(x, shape, (at) => x.shape.map((length, axis) => (length === 1 ? 0 : at[axis + rank - x.shape.length]!)));
  const [left, right] = [spread(a), spread(b)];
  return { shape, data: left.data.map((value, at) => of(value, right.data[at]!)) };
}

export function cat64(values: readonly Map64[], dim: number): Map64 {
  const first = values[0]!;
  const lengths = values.map(({ shape }) => shape[dim]!);
  const y = empty(first.shape.map((length, axis) => (axis === dim ? lengths.reduce((a, b) => a + b) : length)));
  let start = 0;
  values.forEach((x, i) => {
    x.data.forEach((value, at) => {
      y.data[placeOf(y.shape, coordinates(x.shape, at).map((index, axis) => (axis === dim ? index + start : index)))] = value;
    });
    start += lengths[i]!;
  });
  return y;
}

/** Where an index beyond an end comes from; undefined for the constant. */
export const PADDING: Readonly<Record<'constant' | 'reflect' | 'replicate' | 'circular', (index: number, length: number) => number | undefined>> = {
  constant: (i, length) => (i < 0 || i >= length ? undefined : i),
  reflect: (i, length) => (i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i),
  replicate: (i, length) => clamp(i, 0, length - 1),
  circular: (i, length) => (i + length) % length,
};

/** @param amounts - [left, right, top, bottom], the last dimension first */
export function pad64(x: Map64, amounts: readonly number[], mode: keyof typeof PADDING, value: number): Map64 {
  const around = (axis: number): [number, number] => [amounts[2 * (x.shape.length - 1 - axis)] ?? 0, amounts[2 * (x.shape.length - 1 - axis) + 1] ?? 0];
  const shape = x.shape.map((length, axis) => length + around(axis)[0] + around(axis)[1]);
  return gathered(x, shape, (at) => {
    const from = at.map((i, axis) => PADDING[mode](i - around(axis)[0], x.shape[axis]!));
    return from.includes(undefined) ? value : (from as number[]);
  });
}

/** Elements under another shape. */
export const reshape64 = ({ data }: Map64, shape: readonly number[]): Map64 => ({ shape, data });

/** The element whose square holds the corner, by whole numbers alone. */
export function nearest64(x: Map64, [oh, ow]: readonly [number, number]): Map64 {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return gathered(x, [n, c, oh, ow], ([i, j, row, column]) => [i!, j!, Math.floor((row! * h) / oh), Math.floor((column! * w) / ow)]);
}

/** @param step - rows and columns of the input from one of the output to the next; `corners`: between centres of the corners */
export function bilinear64(x: Map64, [oh, ow]: readonly [number, number], step: readonly [number, number], corners: boolean): Map64 {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const y = empty([n, c, oh, ow]);
  const between = (at: number, axis: 0 | 1, length: number): readonly [number, number, number] => {
    const from = corners ? at * step[axis] : Math.max(0, (at + 0.5) * step[axis] - 0.5);
    const low = Math.min(Math.floor(from + 1e-9), length - 1);
    return [low, Math.min(low + 1, length - 1), Math.max(0, from - low)];
  };
  y.data.forEach((_, at) => {
    const [i, j, row, column] = coordinates(y.shape, at) as [number, number, number, number];
    const [[top, bottom, down], [left, right, across]] = [between(row, 0, h), between(column, 1, w)];
    const value = (r: number, q: number): number => x.data[((i * c + j) * h + r) * w + q]!;
    y.data[at] = (1 - down) * ((1 - across) * value(top, left) + across * value(top, right)) + down * ((1 - across) * value(bottom, left) + across * value(bottom, right));
  });
  return y;
}

/** Elements that a mask leaves are multiplied by `scale`, the others are 0. */
export const masked64 = (x: Map64, mask: readonly boolean[], scale: number): Map64 => ({ shape: x.shape, data: x.data.map((value, at) => (mask[at] ? value * scale : 0)) });

export const ofNumbers = (shape: readonly number[], numbers: ArrayLike<number>): Map64 => {
  if (numbers.length !== product(shape)) throw new Error(`${numbers.length} numbers are not [${shape.join(', ')}]`);
  return { shape, data: Float64Array.from(numbers) };
};
