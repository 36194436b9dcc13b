import * as steps from '../../contract/train/steps.js';
import { ACTIVATIONS } from '../../contract/words.js';
import { count } from '../../graph/op.js';
import type { ActivationWords } from '../../graph/op.js';
import type { TrainRule } from '../../graph/rule.js';
import { activationOp } from './op.js';
import type { ActivationAttrs } from './op.js';

const { relu, clip, sigmoid, tanh, hardSigmoid, leakyRelu } = ACTIVATIONS;
const FROM_OUTPUT: readonly number[] = [relu, clip, sigmoid, tanh, hardSigmoid];

/** Whether the derivative follows from what was given, so that the input need not be kept: a negative slope hides the sign of x. */
const followsFromOutput = ([kind, slope]: ActivationWords): boolean => FROM_OUTPUT.includes(kind) || (kind === leakyRelu && slope >= 0);

/** dx = dy * f'(x). */
export const activationRule: TrainRule<ActivationAttrs> = {
  op: activationOp,
  backward({ words }, context, dy) {
    const x = context.input(0);
    const from = followsFromOutput(words) ? context.output() : x;
    context.gradient(x, (dx) => context.step(steps.activationGrad({ dy: dy.id, from: from.id, dx: dx.id, len: count(x.shape), activation: words })));
  },
};
