import * as steps from '../../contract/steps.js';
import type { MathFunction } from '../../contract/words.js';
import { count, defineOp } from '../../graph/op.js';
import type { Op } from '../../graph/op.js';
import { ALIKE } from '../layout.js';

export type MathAttrs = { readonly function: MathFunction };

/** A mathematical function of each element. */
export const mathOp = defineOp<MathAttrs>('Math', (attrs) => ({
  probabilities: attrs.function === 'exp' ? 'exp' : 'mixed',
  channelsSecond: (): Op => mathOp(attrs),
  infer: ([input = []]) => [input],
  layouts: ALIKE,
  emit(context) {
    const [x, y] = [context.input(0), context.output()];
    context.step(steps.math({ x: x.id, y: y.id, len: count(x.shape), function: attrs.function }));
  },
}));
