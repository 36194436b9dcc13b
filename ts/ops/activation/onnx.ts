import type { ActivationWords } from '../../graph/op.js';
import { ACTIVATIONS } from '../../contract/words.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { LARGEST_FLOAT } from '../../onnx/form/types.js';
import { fill } from '../../onnx/form/tensors.js';
import { mulOp } from '../mul/op.js';
import { activationOp } from './op.js';

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

/** Whether it is the one SELU, whose numbers exporters write out. */
function isSelfNormal(attributes: LowerContext['attributes']): boolean {
  const near = (name: string, value: number): boolean => Math.abs(attributes.float(name, value) - value) <= 1e-6;
  return near('alpha', 1.6732632) && near('gamma', 1.0507009);
}

/** x * sigmoid(alpha * x) */
const swish: Lowering = (context) => {
  const alpha = context.attributes.float('alpha', 1);
  const [x, apply] = [context.value(0), (name: 'silu' | 'sigmoid', value: ValueId): ValueId => context.apply(activationOp({ name, words: [ACTIVATIONS[name], 0, 0] }), [value])];
  if (alpha === 1) return [apply('silu', x)];
  const operand = context.derived('alpha', [1], () => fill('float32', [1], () => alpha));
  return [context.apply(mulOp({}), [x, apply('sigmoid', context.apply(mulOp({ operand: [1] }), [x], { operand }))])];
};

export const activationLowerings: Lowerings = {
  Celu: activation('celu', ({ attributes }) => [ACTIVATIONS.celu, attributes.float('alpha', 1), 0]),
  Clip: activation('clip', clip),
  Elu: activation('elu', ({ attributes }) => [ACTIVATIONS.elu, attributes.float('alpha', 1), 0]),
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
  Mish: activation('mish', () => [ACTIVATIONS.mish, 0, 0]),
  Relu: activation('relu', () => [ACTIVATIONS.relu, 0, 0]),
  Selu: activation('selu', ({ attributes }) => (isSelfNormal(attributes) ? [ACTIVATIONS.selu, 0, 0] : undefined)),
  Sigmoid: activation('sigmoid', () => [ACTIVATIONS.sigmoid, 0, 0]),
  Softplus: activation('softplus', () => [ACTIVATIONS.softplus, 0, 0]),
  Softsign: activation('softsign', () => [ACTIVATIONS.softsign, 0, 0]),
  Swish: swish,
  Tanh: activation('tanh', () => [ACTIVATIONS.tanh, 0, 0]),
};
