import * as inference from '../../contract/steps.js';
import { count } from '../../graph/op.js';
import type { TrainRule } from '../../graph/rule.js';
import { resolveAxis } from '../common.js';
import { concatOp } from './op.js';
import type { ConcatAttrs } from './op.js';
import { physicalAxis, physicalShape } from '../layout.js';

/** Each value has its part of the gradient. */
export const concatRule: TrainRule<ConcatAttrs> = {
  op: concatOp,
  backward({ dim }, context, dy) {
    const axis = physicalAxis(resolveAxis(dim, dy.shape.length), dy.layout);
    const stored = physicalShape(dy);
    const [outer, row] = [count(stored.slice(0, axis)), count(stored.slice(axis))];
    let start = 0;
    for (let i = 0; i < context.inputCount; i++) {
      const x = context.input(i);
      const part = { outer, row, chunk: count(physicalShape(x).slice(axis)), start };
      context.gradient(x, (dx) => context.step(inference.slice({ x: dy.id, y: dx.id, ...part })));
      start += part.chunk;
    }
  },
};
