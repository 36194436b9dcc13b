import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { defineOp } from '../../graph/op.js';
import { whole } from '../common.js';
import { ALIKE, logicalStrides } from '../layout.js';
import { rearrange } from '../rearrange.js';

export type ExpandAttrs = { readonly shape: readonly number[] };

/** Dimensions of 1 repeated, as broadcasting does; dimensions align at the end. */
export const expandOp = defineOp<ExpandAttrs>('Expand', ({ shape }) => {
  shape.forEach((dim) => whole('dimension', dim, 1));
  return {
    probabilities: 'kept',
    acrossImages: ([rank]) => rank !== shape.length,
    infer([input = []]) {
      const missing = shape.length - input.length;
      const fits = missing >= 0 && input.every((dim, i) => dim === null || dim === 1 || dim === shape[i + missing]);
      if (!fits) wrong(undefined, `a shape that broadcasts to ${showShape(shape)}`, showShape(input), { as: ShapeError });
      return [shape];
    },
    layouts: ALIKE,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const [own, missing] = [logicalStrides(x), y.shape.length - x.shape.length];
      rearrange(context, x, y, { strides: y.shape.map((_, axis) => (x.shape[axis - missing] === 1 ? 0 : (own[axis - missing] ?? 0))) });
    },
  };
});
