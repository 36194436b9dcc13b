import { activationOp } from '../graph/ops/activation.js';
import { finite } from '../graph/ops/common.js';
import type { ActivationWords } from '../graph/op.js';
import { preluOp } from '../graph/ops/prelu.js';
import { softmaxOp } from '../graph/ops/softmax.js';
import { ACTIVATIONS } from '../plan/opcodes.js';
import { leaf } from './layer.js';
import type { Layer, NameOption } from './layer.js';

function elementwise(name: string, words: ActivationWords, options: NameOption): Layer {
  return leaf(name, () => activationOp({ name, words }), options);
}

/** max(x, 0) */
export const relu = (options: NameOption = {}): Layer => elementwise('ReLU', [ACTIVATIONS.relu, 0, 0], options);

/** min(max(x, 0), 6) */
export const relu6 = (options: NameOption = {}): Layer => elementwise('ReLU6', [ACTIVATIONS.clip, 0, 6], options);

/** x where positive, else slope * x. @throws ArgumentError for a slope that is not finite */
export function leakyRelu(slope = 0.01, options: NameOption = {}): Layer {
  return elementwise('LeakyReLU', [ACTIVATIONS.leakyRelu, finite('slope', slope), 0], options);
}

/** 1 / (1 + exp(-x)) */
export const sigmoid = (options: NameOption = {}): Layer => elementwise('Sigmoid', [ACTIVATIONS.sigmoid, 0, 0], options);

/** The hyperbolic tangent, from -1 to 1. */
export const tanh = (options: NameOption = {}): Layer => elementwise('Tanh', [ACTIVATIONS.tanh, 0, 0], options);

/** x * sigmoid(x) */
export const silu = (options: NameOption = {}): Layer => elementwise('SiLU', [ACTIVATIONS.silu, 0, 0], options);

/** x * min(max(x + 3, 0), 6) / 6 */
export const hardswish = (options: NameOption = {}): Layer =>
  elementwise('Hardswish', [ACTIVATIONS.hardSwish, 0, 0], options);

/** min(max(x / 6 + 1 / 2, 0), 1) */
export const hardsigmoid = (options: NameOption = {}): Layer =>
  elementwise('Hardsigmoid', [ACTIVATIONS.hardSigmoid, 1 / 6, 1 / 2], options);

/** x times the normal distribution function (Hendrycks and Gimpel 2016), or its approximation by tanh. */
export const gelu = ({ approximate = 'none', ...options }: NameOption & { readonly approximate?: 'none' | 'tanh' | undefined } = {}): Layer =>
  elementwise('GELU', [approximate === 'tanh' ? ACTIVATIONS.geluTanh : ACTIVATIONS.gelu, 0, 0], options);

/**
 * Leaky ReLU whose slopes are parameters: `weight` [slopes].
 * @param slopes - 1, or the number of channels for one each
 * @throws ShapeError where the channels are others
 */
export function prelu(slopes = 1, options: NameOption = {}): Layer {
  return leaf('prelu', () => preluOp({ slopes }), options);
}

/**
 * exp(x) / sum(exp(x)) along `dim`: numbers from 0 to 1 that sum to 1.
 * @param dim - counted from the end if negative
 */
export function softmax(dim = 1, options: NameOption = {}): Layer {
  return leaf('softmax', () => softmaxOp({ dim, log: false }), options);
}

/**
 * log(softmax(x)) along `dim`.
 * @param dim - counted from the end if negative
 */
export function logSoftmax(dim = 1, options: NameOption = {}): Layer {
  return leaf('logSoftmax', () => softmaxOp({ dim, log: true }), options);
}
