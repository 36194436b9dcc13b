import { GeometryError, ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import { finite, oneOf, whole } from '../common.js';
import { ALIKE, NHWC_ORDER, physicalShape } from '../layout.js';

/** What stands in the padding: one value, or elements from inside, mirrored, repeated or from the other end. */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';
const MODES: readonly PadMode[] = ['constant', 'reflect', 'replicate', 'circular'];

export type PadAttrs = {
  /** PyTorch's order: last dimension first, [left, right, top, bottom, ...]. */
  readonly padding: readonly number[];
  readonly mode: PadMode;
  /** For `constant`; null is minus infinity, which JSON cannot say. */
  readonly value: number | null;
};

/** Elements added around a value. */
export const padOp = defineOp<PadAttrs>('Pad', (attrs) => {
  const { padding, mode, value } = attrs;
  oneOf('mode', mode, MODES);
  padding.forEach((amount) => whole('padding', amount, 0));
  const fill = value === null ? Number.NEGATIVE_INFINITY : finite('value', value);
  const [left = 0, right = 0, top = 0, bottom = 0] = padding;
  const aroundMaps = mode === 'constant' && padding.length <= 4;
  return {
    ...(aroundMaps
      ? { effect: { kind: 'pad', amounts: [top, left, bottom, right], value: fill }, reach: { kernel: [1, 1], dilation: [1, 1], stride: [1, 1], pad: [top, left, bottom, right] } }
      : { reach: 'unknown' }),
    infer([input = []]) {
      if (padding.length % 2 !== 0 || padding.length > 2 * input.length) {
        wrong(undefined, `padding of at most ${2 * input.length} numbers, two for each dimension`, String(padding.length), { as: ShapeError });
      }
      const shape = input.map((dim, axis) => {
        const [before, after] = amounts(padding, input.length, axis);
        const most = mode === 'reflect' ? -1 : mode === 'circular' ? 0 : Infinity;
        if (dim !== null && (mode === 'reflect' || mode === 'circular') && Math.max(before, after) > dim + most) {
          wrong(undefined, `${mode} padding that a size of ${dim} suffices for`, `${before} + ${after}`, { as: GeometryError });
        }
        return dim === null ? null : dim + before + after;
      });
      return [shape];
    },
    layouts: ALIKE,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      context.step(steps.pad({ x: x.id, y: y.id, mode, value: fill, ...padAround(attrs, x) }));
    },
  };
});

/** Elements before and after an axis. */
function amounts(padding: readonly number[], rank: number, axis: number): [number, number] {
  const at = 2 * (rank - 1 - axis);
  return [padding[at] ?? 0, padding[at + 1] ?? 0];
}

/** What is put around a value, in the order in which it lies. */
export function padAround({ padding }: PadAttrs, x: Placed): Pick<steps.Pad, 'dims' | 'before' | 'after'> {
  const order = x.layout === 'nhwc' ? NHWC_ORDER : x.shape.map((_, axis) => axis);
  const pads = order.map((axis) => amounts(padding, x.shape.length, axis));
  return { dims: physicalShape(x), before: pads.map(([before]) => before), after: pads.map(([, after]) => after) };
}
