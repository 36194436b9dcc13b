import { activationOp } from '../../ops/activation/op.js';
import { preluOp } from '../../ops/prelu/op.js';
import { softmaxOp } from '../../ops/softmax/op.js';
import type { ActivationWords } from '../../graph/op.js';
import { ACTIVATIONS } from '../../contract/words.js';
import { LARGEST_FLOAT } from '../host/lib/types.js';
import type { LowerContext, Lowering, Lowerings } from './lowering.js';

function activation(name: string, words: (context: LowerContext) => ActivationWords | undefined): Lowering {
  return (context) => {
    const found = words(context);
    return found && [context.apply(activationOp({ name, words: found }), [context.value(0)])];
  };
}

/** Bounds that are attributes before opset 11 and inputs after; without one, infinities come down to the largest number. */
function clip(context: LowerContext): ActivationWords | undefined {
  const bound = (input: number, name: string, otherwise: number): number | undefined =>
    context.has(input) ? context.constant(input)?.tensor().data[0] : context.attributes.float(name, otherwise);
  const [min, max] = [bound(1, 'min', -LARGEST_FLOAT), bound(2, 'max', LARGEST_FLOAT)];
  return min === undefined || max === undefined || !(min <= max) ? undefined : [ACTIVATIONS.clip, min, max];
}

/** The engine has one slope, or one a channel. */
const prelu: Lowering = (context) => {
  const slope = context.constant(1);
  const shape = context.shape(0);
  if (!slope) return undefined;
  const slopes = slope.shape.reduce((a, b) => a * b, 1);
  const perChannel = slope.shape.length === shape.length - 1 || (slope.shape.length === shape.length && slope.shape[0] === 1);
  const fits = slopes === 1 || (slopes === shape[1] && (shape.length === 4 || shape.length === 2) && perChannel);
  if (!fits || (slopes > 1 && slope.shape.at(shape.length === 4 ? -3 : -1) !== slopes)) return undefined;
  return [context.apply(preluOp({ slopes }), [context.value(0)], { weight: context.param(1, [slopes]) })];
};

/** Before opset 13 a softmax runs over all dimensions from the axis on, which is the same for the last one alone. */
function softmax(log: boolean): Lowering {
  return (context) => {
    const rank = context.shape(0).length;
    const axis = context.attributes.int('axis', context.opset < 13 ? 1 : -1);
    const dim = axis < 0 ? axis + rank : axis;
    const rest = context.shape(0).slice(dim + 1);
    if (context.opset < 13 && rest.some((size) => size !== 1)) return undefined;
    return [context.apply(softmaxOp({ dim, log }), [context.value(0)])];
  };
}

export const activationLowerings: Lowerings = {
  Clip: activation('clip', clip),
  Gelu: activation('gelu', ({ attributes }) => [
    attributes.string('approximate', 'none') === 'tanh' ? ACTIVATIONS.geluTanh : ACTIVATIONS.gelu,
    0,
    0,
  ]),
  HardSigmoid: activation('hardsigmoid', ({ attributes }) => [
    ACTIVATIONS.hardSigmoid,
    attributes.float('alpha', 0.2),
    attributes.float('beta', 0.5),
  ]),
  HardSwish: activation('hardswish', () => [ACTIVATIONS.hardSwish, 0, 0]),
  LeakyRelu: activation('leakyRelu', ({ attributes }) => [ACTIVATIONS.leakyRelu, attributes.float('alpha', 0.01), 0]),
  LogSoftmax: softmax(true),
  PRelu: prelu,
  Relu: activation('relu', () => [ACTIVATIONS.relu, 0, 0]),
  Sigmoid: activation('sigmoid', () => [ACTIVATIONS.sigmoid, 0, 0]),
  Softmax: softmax(false),
  Tanh: activation('tanh', () => [ACTIVATIONS.tanh, 0, 0]),
};
