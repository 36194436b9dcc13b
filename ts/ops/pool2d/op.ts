import * as steps from '../../contract/steps.js';
import { GeometryError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { defineOp } from '../../graph/op.js';
import type { Op, Pads } from '../../graph/op.js';
import { axesOf, mapOf, whole, windowOver } from '../common.js';
import type { WindowAttrs } from '../common.js';
import { addPads } from '../conv2d/op.js';
import { MAPS } from '../layout.js';
import { outputSize, spanOf } from '../../tensor/geometry.js';

export type Pool2dAttrs = WindowAttrs & {
  readonly kind: 'max' | 'avg';
  readonly countIncludePad: boolean;
  /** Divides the sum in place of the number of elements; 0 for none. */
  readonly divisor: number;
};

/** The largest or the mean of each window, channel by channel. */
export const pool2dOp = defineOp<Pool2dAttrs>('Pool2d', (attrs) => {
  const axes = axesOf(attrs);
  for (const axis of axes) {
    outputSize(null, axis);
    const span = spanOf(axis);
    if (Math.max(axis.before, axis.after) >= span) {
      wrong(undefined, `padding that leaves an element in each window, less than ${span}`, `${axis.before} + ${axis.after}`, { as: GeometryError });
    }
  }
  whole('divisor', attrs.divisor, 0);
  return {
    probabilities: 'kept',
    reach: attrs,
    absorb: (effect) => (effect.kind === 'pad' ? padded(attrs, effect.amounts, effect.value) : undefined),
    infer(inputs) {
      const [n = null, c = null, h = null, w = null] = mapOf(inputs);
      return [[n, c, outputSize(h, axes[0]), outputSize(w, axes[1])]];
    },
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const pool = { x: x.id, y: y.id, n: x.shape[0] ?? 0, window: windowOver(x.shape, attrs) };
      if (attrs.kind === 'max') context.step(steps.maxPool2d(pool));
      else context.step(steps.avgPool2d({ ...pool, countIncludePad: attrs.countIncludePad, divisor: attrs.divisor }));
    },
  };
});

/**
 * Max pooling pads with minus infinity. Average pooling pads with zeros, but only where they count; and an own padding that
 * does not count must not begin to.
 */
function padded(attrs: Pool2dAttrs, amounts: Pads, value: number): Op | undefined {
  const counts = attrs.countIncludePad || attrs.divisor > 0;
  const same = attrs.kind === 'max' ? value === -Infinity : value === 0 && (counts || attrs.pad.every((pad) => pad === 0));
  const pad = addPads(attrs.pad, amounts);
  const spans = axesOf(attrs).map(spanOf);
  // With rounding up, which windows count depends on whose padding it is.
  if (!same || attrs.ceil || pad.some((amount, i) => amount >= (spans[i % 2] ?? 0))) return undefined;
  return pool2dOp({ ...attrs, pad, countIncludePad: attrs.kind === 'avg' || attrs.countIncludePad });
}
