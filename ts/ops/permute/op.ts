import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { defineOp } from '../../graph/op.js';
import { whole } from '../common.js';
import { logicalStrides } from '../layout.js';
import { rearrange } from '../rearrange.js';

export type PermuteAttrs = {
  /** The dimension of the input that is each of the output's. */
  readonly dims: readonly number[];
};

/** Dimensions in another order. */
export const permuteOp = defineOp<PermuteAttrs>('Permute', ({ dims }) => {
  dims.forEach((dim) => whole('dimension', dim, 0));
  return {
    reach: 'unknown',
    probabilities: 'kept',
    acrossImages: () => dims[0] !== 0,
    infer([input = []]) {
      const isOrder = dims.length === input.length && dims.every((dim) => dim < input.length) && new Set(dims).size === dims.length;
      if (!isOrder) wrong(undefined, `an order of ${input.length} dimensions`, `[${dims.join(', ')}]`, { as: ShapeError });
      return [dims.map((dim) => input[dim] ?? null)];
    },
    layouts: { reads: 'alike', writes: 'plain' },
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const own = logicalStrides(x);
      rearrange(context, x, y, { strides: dims.map((dim) => own[dim] ?? 0) });
    },
  };
});
