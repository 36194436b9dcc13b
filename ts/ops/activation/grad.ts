import * as steps from '../../contract/train/steps.js';
import { ACTIVATIONS } from '../../contract/words.js';
import { count } from '../../graph/op.js';
import type { TrainRule } from '../../graph/rule.js';
import { activationOp } from './op.js';
import type { ActivationAttrs } from './op.js';

/** Those whose derivative follows from what they gave, so that their input need not be kept. */
const FROM_OUTPUT: readonly number[] = [ACTIVATIONS.relu, ACTIVATIONS.clip, ACTIVATIONS.sigmoid, ACTIVATIONS.tanh];

/** dx = dy * f'(x). */
export const activationRule: TrainRule<ActivationAttrs> = {
  op: activationOp,
  backward({ words }, context, dy) {
    const x = context.input(0);
    const from = FROM_OUTPUT.includes(words[0]) ? context.output() : x;
    context.gradient(x, (dx) => context.step(steps.activationGrad({ dy: dy.id, from: from.id, dx: dx.id, len: count(x.shape), activation: words })));
  },
};
