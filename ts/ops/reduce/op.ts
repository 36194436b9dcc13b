import * as steps from '../../contract/steps.js';
import type { ReduceKind } from '../../contract/words.js';
import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { count, defineOp } from '../../graph/op.js';
import type { Layout, Layouts } from '../../graph/op.js';
import { whole } from '../common.js';
import { physicalAxis, physicalShape } from '../layout.js';

export type ReduceAttrs = {
  readonly kind: ReduceKind;
  /** Rising; they stay as dimensions of 1. */
  readonly axes: readonly number[];
  /** Dimensions of the input. */
  readonly rank: number;
};

/** The first and the last of the axes as they lie, if no other lies between them. */
function run(axes: readonly number[], layout: Layout): readonly [number, number] | undefined {
  const lie = axes.map((axis) => physicalAxis(axis, layout)).sort((a, b) => a - b);
  const [first = 0, last = 0] = [lie[0], lie.at(-1)];
  return last - first === axes.length - 1 ? [first, last] : undefined;
}

/** In which layouts the axes lie beside each other; undefined for none. */
export function reducible(axes: readonly number[], rank: number): Layouts | undefined {
  const plain = run(axes, 'plain');
  const nhwc = rank === 4 ? run(axes, 'nhwc') : plain;
  const layout = plain && nhwc ? 'alike' : plain ? 'plain' : nhwc ? 'nhwc' : undefined;
  return layout && { reads: layout, writes: layout };
}

/** Sums, products and extremes over dimensions that lie beside each other. */
export const reduceOp = defineOp<ReduceAttrs>('Reduce', ({ kind, axes, rank }) => {
  axes.forEach((axis) => whole('axis', axis, 0));
  const layouts = reducible(axes, rank) ?? wrong(undefined, 'axes that lie beside each other', `[${axes.join(', ')}] of ${rank}`, { as: ShapeError });
  return {
    // Channels of a pixel are its own.
    ...(axes.join() !== '1' && { reach: axes.join() === '2,3' ? ('global' as const) : ('unknown' as const) }),
    probabilities: 'mixed',
    acrossImages: () => axes.includes(0),
    infer([input = []]) {
      if (input.length !== rank) wrong(undefined, `${rank} dimensions`, String(input.length), { as: ShapeError });
      return [input.map((dim, axis) => (axes.includes(axis) ? 1 : dim))];
    },
    layouts,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const [first, last] = run(axes, x.layout) ?? [0, 0];
      const dims = physicalShape(x);
      const [outer, axis, inner] = [dims.slice(0, first), dims.slice(first, last + 1), dims.slice(last + 1)].map(count) as [number, number, number];
      context.step(steps.reduce({ x: x.id, y: y.id, kind, outer, axis, inner }));
    },
  };
});
