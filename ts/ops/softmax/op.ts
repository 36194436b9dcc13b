import { OPCODES } from '../../program/opcodes.js';
import { count, defineOp } from '../../graph/op.js';
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
  acrossImages: ([rank = 0]) => resolveAxis(dim, rank) === 0,
  layouts: ALIKE,
  emit(context) {
    const [x, y] = [context.input(0), context.output()];
    const axis = physicalAxis(resolveAxis(dim, x.shape.length), x.layout);
    const shape = physicalShape(x);
    const sizes = [count(shape.slice(0, axis)), shape[axis] ?? 1, count(shape.slice(axis + 1))];
    context.step(OPCODES.softmax, [x.id, y.id, ...sizes, log ? 1 : 0]);
  },
}));
