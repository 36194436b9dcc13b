import * as steps from '../../contract/steps.js';
import { ACTIVATIONS } from '../../contract/words.js';
import { count, defineOp } from '../../graph/op.js';
import type { ActivationWords, Op } from '../../graph/op.js';
import { wrong } from '../../base/wrong.js';
import { ALIKE } from '../layout.js';

export { ACTIVATIONS };

export type ActivationAttrs = { readonly name: string; readonly words: ActivationWords };

/** Those that give probabilities. */
const SIGMOIDS: readonly number[] = [ACTIVATIONS.sigmoid, ACTIVATIONS.hardSigmoid];

/** An elementwise function of one value; `name` is for people, `words` are the engine's. */
export const activationOp = defineOp<ActivationAttrs>('Activation', ({ name, words }) => {
  if (words.some((word) => Number.isNaN(word))) wrong(undefined, `numbers as parameters of ${name}`, 'NaN');
  return {
    effect: { kind: 'activation', words },
    ...(SIGMOIDS.includes(words[0]) && { probabilities: 'sigmoid' as const }),
    channelsSecond: (): Op => activationOp({ name, words }),
    infer: ([input = []]) => [input],
    layouts: ALIKE,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      context.step(steps.unary({ x: x.id, y: y.id, len: count(x.shape), activation: words }));
    },
  };
});
