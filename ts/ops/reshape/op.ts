import { ShapeError } from '../../base/errors.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import { whole } from '../common.js';
import { copy } from '../copy.js';
import { ROWS } from '../layout.js';

export type ReshapeAttrs = { readonly shape: readonly number[] };

/** The same elements, row-major, under another shape. */
export const reshapeOp = defineOp<ReshapeAttrs>('Reshape', ({ shape }) => {
  shape.forEach((dim) => whole('dimension', dim, 1));
  return {
    effect: { kind: 'reshape' },
    probabilities: 'kept',
    infer([input = []]) {
      if (count(input) === count(shape) || input.includes(null)) return [shape];
      throw new ShapeError(`${showShape(input)} does not have as many elements as ${showShape(shape)}`, {
        expected: showShape(shape),
        got: showShape(input),
      });
    },
    layouts: ROWS,
    emit: copy,
  };
});
