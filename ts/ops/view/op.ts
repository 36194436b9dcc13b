import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import { whole } from '../common.js';
import { ROWS } from '../layout.js';
import { rearrange } from '../rearrange.js';

export type ViewAttrs = {
  readonly shape: readonly number[];
  /** Elements of the input, row-major, from an index to the next along each dimension; windows overlap. */
  readonly strides: readonly number[];
};

/** What strides see of a tensor, copied: windows beside each other, as `as_strided` in PyTorch. */
export const viewOp = defineOp<ViewAttrs>('View', ({ shape, strides }) => {
  shape.forEach((dim) => whole('dimension', dim, 1));
  strides.forEach((stride) => whole('stride', stride, 0));
  return {
    reach: 'unknown',
    probabilities: 'kept',
    acrossImages: () => true,
    infer([input = []]) {
      const reach = 1 + shape.reduce((sum, dim, axis) => sum + (dim - 1) * (strides[axis] ?? 0), 0);
      if (shape.length !== strides.length || (!input.includes(null) && reach > count(input))) {
        wrong(undefined, `strides that stay in ${showShape(input)}`, `${showShape(shape)} by [${strides.join(', ')}]`, { as: ShapeError });
      }
      return [shape];
    },
    layouts: ROWS,
    emit: (context) => rearrange(context, context.input(0), context.output(), { strides }),
  };
});
