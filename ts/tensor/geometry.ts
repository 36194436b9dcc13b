import { GeometryError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';
import type { Dim } from './shape.js';

/** One axis of a window that slides over a map. */
export interface Axis {
  readonly kernel: number;
  readonly stride: number;
  /** Padding before the first and after the last element. */
  readonly before: number;
  readonly after: number;
  readonly dilation: number;
  /** Whether a partial last window counts. */
  readonly ceil: boolean;
}

/** Elements from the first to the last tap of a dilated kernel. */
export function spanOf({ kernel, dilation }: Pick<Axis, 'kernel' | 'dilation'>): number {
  return dilation * (kernel - 1) + 1;
}

/**
 * The number of window positions: `floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1`.
 * With `ceil` the division rounds up, and a last window that would start in the trailing padding is dropped, as in
 * PyTorch and ONNX. (Dumoulin and Visin 2016, arXiv 1603.07285.) Numbers are not checked: see `outputSize`.
 */
export function positionsOf(size: number, axis: Axis): number {
  const { before, stride, ceil } = axis;
  const steps = (size + before + axis.after - spanOf(axis)) / stride;
  if (!ceil) return Math.floor(steps) + 1;
  const last = Math.ceil(steps);
  return last * stride < size + before ? last + 1 : last;
}

/**
 * The number of window positions along an axis. An open size stays open.
 * @throws GeometryError if the dilated kernel is larger than the padded input, or a number has no meaning
 */
export function outputSize(size: Dim, axis: Axis): Dim {
  checkAxis(axis);
  if (size === null) return null;
  if (!Number.isInteger(size) || size < 1) wrong(undefined, 'an input size of at least 1', String(size), { as: GeometryError });
  const [span, padded] = [spanOf(axis), size + axis.before + axis.after];
  // The engine's windows count where they are whole, be they of padding alone.
  if (span <= padded) return Math.max(positionsOf(size, axis), positionsOf(size, { ...axis, ceil: false }));
  wrong(undefined, `a kernel that spans at most ${padded}, the padded input`, String(span), { as: GeometryError });
}

function checkAxis(axis: Axis): void {
  const least = { kernel: 1, stride: 1, before: 0, after: 0, dilation: 1 } as const;
  for (const [name, minimum] of Object.entries(least)) {
    const value = axis[name as keyof typeof least];
    if (Number.isInteger(value) && value >= minimum && value <= 2 ** 30) continue;
    const called = name === 'before' || name === 'after' ? 'padding' : name;
    const got = showValue(value);
    wrong(undefined, `${called} to be a whole number from ${minimum} on`, got, { as: GeometryError });
  }
}

/** What a transposed window covers, its padding among it: `(size - 1) * stride + dilation * (kernel - 1) + extra + 1`. */
export function coveredSize(size: number, axis: Pick<Axis, 'kernel' | 'dilation' | 'stride'>, extra: number): number {
  return (size - 1) * axis.stride + spanOf(axis) + extra;
}

/**
 * Output size of a transposed convolution: what it covers without the padding. An open size stays open.
 * @throws GeometryError if nothing is left, or a number has no meaning
 */
export function transposedSize(size: Dim, axis: Axis, extra: number): Dim {
  checkAxis(axis);
  if (!Number.isInteger(extra) || extra < 0 || extra >= Math.max(axis.stride, axis.dilation)) {
    wrong(undefined, `output padding less than stride ${axis.stride} or dilation ${axis.dilation}`, showValue(extra), { as: GeometryError });
  }
  if (size === null) return null;
  const { before, after } = axis;
  const out = coveredSize(size, axis, extra) - before - after;
  if (size >= 1 && out >= 1) return out;
  wrong(undefined, 'padding that leaves some of the output', `${before} + ${after}`, { as: GeometryError });
}
