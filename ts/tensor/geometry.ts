import { GeometryError } from '../base/errors.js';
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

/**
 * The number of window positions: `floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1`.
 * With `ceil` the division rounds up, and a last window that would start in the trailing padding is dropped, as in
 * PyTorch. (Dumoulin and Visin 2016, arXiv 1603.07285.) An open size stays open.
 *
 * @throws GeometryError if the dilated kernel is larger than the padded input, or a number has no meaning
 */
export function outputSize(size: Dim, axis: Axis): Dim {
  checkAxis(axis);
  if (size === null) return null;
  if (!Number.isInteger(size) || size < 1) throw new GeometryError(`input size is ${size}, expected at least 1`);
  const span = axis.dilation * (axis.kernel - 1) + 1;
  const padded = size + axis.before + axis.after;
  const room = padded - span;
  if (room < 0) {
    throw new GeometryError(`the dilated kernel spans ${span}, more than the padded input of ${padded}`, {
      expected: `at most ${padded}`,
      got: String(span),
    });
  }
  const whole = Math.floor(room / axis.stride) + 1;
  const partial = axis.ceil && room % axis.stride !== 0 && whole * axis.stride < size + axis.before;
  return partial ? whole + 1 : whole;
}

function checkAxis(axis: Axis): void {
  const least = { kernel: 1, stride: 1, before: 0, after: 0, dilation: 1 } as const;
  for (const [name, minimum] of Object.entries(least)) {
    const value = axis[name as keyof typeof least];
    if (Number.isInteger(value) && value >= minimum && value <= 2 ** 30) continue;
    const called = name === 'before' || name === 'after' ? 'padding' : name;
    const got = showValue(value);
    throw new GeometryError(`${called} is ${got}, expected a whole number from ${minimum} on`, { got });
  }
}

/**
 * Output size of a transposed convolution:
 * `(size - 1) * stride - before - after + dilation * (kernel - 1) + extra + 1`.
 */
export function transposedSize(size: Dim, axis: Axis, extra: number): Dim {
  checkAxis(axis);
  if (!Number.isInteger(extra) || extra < 0 || extra >= Math.max(axis.stride, axis.dilation)) {
    throw new GeometryError(`output padding is ${showValue(extra)}, expected less than stride ${axis.stride} or dilation`);
  }
  if (size === null) return null;
  const { stride, before, after, dilation, kernel } = axis;
  const out = (size - 1) * stride - before - after + dilation * (kernel - 1) + extra + 1;
  if (size >= 1 && out >= 1) return out;
  throw new GeometryError(`padding ${before} + ${after} leaves nothing of the output`, { got: String(out) });
}
