import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import * as steps from '../../contract/steps.js';
import { count, defineOp } from '../../graph/op.js';
import { resolveAxis, whole } from '../common.js';
import { ALIKE, physicalAxis, physicalShape } from '../layout.js';

export type SliceAttrs = {
  /** Counted from the end if negative. */
  readonly dim: number;
  readonly start: number;
  readonly length: number;
};

/** A range of one dimension: what `Concat` puts together, taken apart. */
export const sliceOp = defineOp<SliceAttrs>('Slice', ({ dim, start, length }) => {
  whole('start', start, 0);
  whole('length', length, 1);
  return {
    probabilities: 'kept',
    acrossImages: ([rank = 0]) => resolveAxis(dim, rank) === 0,
    infer([input = []]) {
      const axis = resolveAxis(dim, input.length);
      const size = input[axis] ?? null;
      if (size !== null && start + length > size) {
        wrong(undefined, `a part of the ${size} elements of dimension ${dim}`, `${length} from ${start} on`, { as: ShapeError });
      }
      return [input.with(axis, length)];
    },
    layouts: ALIKE,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const axis = physicalAxis(resolveAxis(dim, x.shape.length), x.layout);
      const stored = physicalShape(x);
      const inner = count(stored.slice(axis + 1));
      const row = { outer: count(stored.slice(0, axis)), row: count(stored.slice(axis)) };
      context.step(steps.slice({ x: x.id, y: y.id, ...row, chunk: length * inner, start: start * inner }));
    },
  };
});
