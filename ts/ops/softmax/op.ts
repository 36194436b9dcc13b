import * as steps from '../../contract/steps.js';
import { count, defineOp } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import { resolveAxis } from '../common.js';
import { ALIKE, physicalAxis, physicalShape } from '../layout.js';

export type SoftmaxAttrs = { readonly dim: number; readonly log: boolean };

/** exp(x) / sum(exp(x)) along one dimension, or its logarithm. */
export const softmaxOp = defineOp<SoftmaxAttrs>('Softmax', ({ dim, log }) => ({
  probabilities: log ? 'logSoftmax' : 'softmax',
  infer([input = []]) {
    resolveAxis(dim, input.length);
    return [input];
  },
  // Along rows or columns it sees more than its own pixel.
  ...(dim !== 1 && { reach: 'unknown' as const }),
  acrossImages: ([rank = 0]) => resolveAxis(dim, rank) === 0,
  layouts: ALIKE,
  emit(context) {
    const [x, y] = [context.input(0), context.output()];
    context.step(steps.softmax({ x: x.id, y: y.id, ...softmaxSizes(x, dim), log }));
  },
}));

/** The value as [outer, axis, inner]. */
export function softmaxSizes(x: Placed, dim: number): Pick<steps.Softmax, 'outer' | 'axis' | 'inner'> {
  const axis = physicalAxis(resolveAxis(dim, x.shape.length), x.layout);
  const shape = physicalShape(x);
  return { outer: count(shape.slice(0, axis)), axis: shape[axis] ?? 1, inner: count(shape.slice(axis + 1)) };
}
