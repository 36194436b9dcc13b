import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { defineOp } from '../../graph/op.js';
import { whole } from '../common.js';
import { logicalStrides } from '../layout.js';
import { rearrangeRows } from '../rearrange.js';

export type TileAttrs = { readonly repeats: readonly number[] };

/** A tensor behind itself, along each dimension as many times. */
export const tileOp = defineOp<TileAttrs>('Tile', ({ repeats }) => {
  repeats.forEach((times) => whole('repeats', times, 1));
  return {
    reach: 'unknown',
    probabilities: 'kept',
    acrossImages: () => repeats[0] !== 1,
    infer([input = []]) {
      if (repeats.length !== input.length) wrong(undefined, `${input.length} repeats, one for each dimension`, String(repeats.length), { as: ShapeError });
      return [input.map((dim, axis) => (dim === null ? null : dim * (repeats[axis] ?? 1)))];
    },
    layouts: { reads: 'alike', writes: 'plain' },
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const own = logicalStrides(x);
      // A dimension that is not repeated needs no place of its own beside it.
      const axes = x.shape.flatMap((dim, axis) => {
        const [times, stride] = [repeats[axis] ?? 1, own[axis] ?? 0];
        return times === 1 ? [[dim, stride]] : dim === 1 ? [[times, 0]] : [[times, 0], [dim, stride]];
      });
      rearrangeRows(context, x, y, { dims: axes.map(([dim = 1]) => dim), strides: axes.map(([, stride = 0]) => stride) });
    },
  };
});
