import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
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
    reach: 'unknown',
    infer([input = []]) {
      if (count(input) === count(shape) || input.includes(null)) return [shape];
      wrong(undefined, `as many elements as ${showShape(shape)} has`, showShape(input), { as: ShapeError });
    },
    layouts: ROWS,
    emit: copy,
  };
});
