import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { defineOp } from '../../graph/op.js';
import { whole } from '../common.js';
import { ALIKE, logicalStrides } from '../layout.js';
import { rearrange } from '../rearrange.js';

/** For each dimension. */
export type StridedSliceAttrs = {
  readonly starts: readonly number[];
  /** Negative ones go backwards. */
  readonly steps: readonly number[];
  readonly sizes: readonly number[];
};

/** A range of every dimension, by steps. */
export const stridedSliceOp = defineOp<StridedSliceAttrs>('StridedSlice', ({ starts, steps, sizes }) => {
  sizes.forEach((size) => whole('size', size, 1));
  return {
    reach: 'unknown',
    probabilities: 'kept',
    acrossImages: () => starts[0] !== 0 || steps[0] !== 1,
    infer([input = []]) {
      const inside = sizes.every((size, axis) => {
        const [dim = null, first = -1, step = 1] = [input[axis], starts[axis], steps[axis]];
        const last = first + step * (size - 1);
        return first >= 0 && last >= 0 && (dim === null || Math.max(first, last) < dim);
      });
      if (!inside || sizes.length !== input.length) {
        wrong(undefined, `ranges of ${showShape(input)}`, `${sizes.join(', ')} from ${starts.join(', ')} by ${steps.join(', ')}`, { as: ShapeError });
      }
      return [sizes];
    },
    layouts: ALIKE,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const own = logicalStrides(x);
      const first = own.reduce((sum, stride, axis) => sum + stride * (starts[axis] ?? 0), 0);
      rearrange(context, x, y, { strides: own.map((stride, axis) => stride * (steps[axis] ?? 1)), first });
    },
  };
});
