import { optionNames } from '../../base/options.js';
import { wrong } from '../../base/wrong.js';
import { ACTIVATIONS } from '../../contract/words.js';
import type { ActivationWords } from '../../graph/op.js';
import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, LeafSpec, NameOption } from '../../layers/layer.js';
import { finite, oneOf } from '../common.js';
import { activationOp } from './op.js';

function elementwise<Options extends NameOption>(
  what: string,
  name: string,
  words: (options: Options) => ActivationWords,
  options: Options,
  more: Partial<LeafSpec<Options>> = {},
): Layer {
  return leaf(what, options, { known: NAME_OPTION, make: (given) => activationOp({ name, words: words(given) }), ...more });
}

/** Rectifier: max(x, 0) for each element; the shape stays (Nair and Hinton 2010, "Rectified linear units improve restricted Boltzmann machines"). */
export const relu = (options: NameOption = {}): Layer => elementwise('relu', 'ReLU', () => [ACTIVATIONS.relu, 0, 0], options);

/**
 * Rectifier that saturates: min(max(x, 0), 6) for each element; the shape stays (Krizhevsky 2010, "Convolutional deep belief networks on
 * CIFAR-10").
 */
export const relu6 = (options: NameOption = {}): Layer => elementwise('relu6', 'ReLU6', () => [ACTIVATIONS.clip, 0, 6], options);

/**
 * Leaky rectifier: x where positive, else slope * x, for each element; the shape stays (Maas et al. 2013,
 * "Rectifier nonlinearities improve neural network acoustic models").
 * @throws ArgumentError for a slope that is not finite
 */
export function leakyRelu(slope = 0.01, options: NameOption = {}): Layer {
  return elementwise('leakyRelu', 'LeakyReLU', () => [ACTIVATIONS.leakyRelu, finite('slope', slope), 0], options, { first: slope });
}

/** Logistic function: 1 / (1 + exp(-x)) for each element, from 0 to 1; the shape stays. */
export const sigmoid = (options: NameOption = {}): Layer => elementwise('sigmoid', 'Sigmoid', () => [ACTIVATIONS.sigmoid, 0, 0], options);

/** Hyperbolic tangent of each element, from -1 to 1; the shape stays. */
export const tanh = (options: NameOption = {}): Layer => elementwise('tanh', 'Tanh', () => [ACTIVATIONS.tanh, 0, 0], options);

/** Sigmoid-weighted linear unit: x * sigmoid(x) for each element; the shape stays (Elfwing et al. 2017, arXiv 1702.03118). */
export const silu = (options: NameOption = {}): Layer => elementwise('silu', 'SiLU', () => [ACTIVATIONS.silu, 0, 0], options);

/** Piecewise SiLU: x * min(max(x + 3, 0), 6) / 6 for each element; the shape stays (Howard et al. 2019, arXiv 1905.02244). */
export const hardswish = (options: NameOption = {}): Layer =>
  elementwise('hardswish', 'Hardswish', () => [ACTIVATIONS.hardSwish, 0, 0], options);

/** Piecewise sigmoid: min(max(x / 6 + 1 / 2, 0), 1) for each element; the shape stays (Howard et al. 2019, arXiv 1905.02244). */
export const hardsigmoid = (options: NameOption = {}): Layer =>
  elementwise('hardsigmoid', 'Hardsigmoid', () => [ACTIVATIONS.hardSigmoid, 1 / 6, 1 / 2], options);

/** Smooth rectifier, positive everywhere: ln(1 + exp(x)) for each element; the shape stays (Dugas et al. 2001). */
export const softplus = (options: NameOption = {}): Layer =>
  elementwise('softplus', 'Softplus', () => [ACTIVATIONS.softplus, 0, 0], options);

/**
 * Rectifier that bends: x where positive, else alpha * (exp(x) - 1), for each element; the shape stays (Clevert et al. 2015, arXiv
 * 1511.07289).
 * @throws ArgumentError for an alpha that is not finite
 */
export function elu(alpha = 1, options: NameOption = {}): Layer {
  return elementwise('elu', 'ELU', () => [ACTIVATIONS.elu, finite('alpha', alpha), 0], options, { first: alpha });
}

/**
 * ELU that is smooth for every alpha: x where positive, else alpha * (exp(x / alpha) - 1), for each element; the shape stays (Barron 2017, arXiv
 * 1704.07483).
 * @throws ArgumentError for an alpha of 0, or one that is not finite
 */
export function celu(alpha = 1, options: NameOption = {}): Layer {
  if (alpha === 0) wrong(undefined, 'alpha to be another number than 0', '0');
  return elementwise('celu', 'CELU', () => [ACTIVATIONS.celu, finite('alpha', alpha), 0], options, { first: alpha });
}

/** ELU scaled so that activations keep mean 0 and variance 1, for each element; the shape stays (Klambauer et al. 2017, arXiv 1706.02515). */
export const selu = (options: NameOption = {}): Layer => elementwise('selu', 'SELU', () => [ACTIVATIONS.selu, 0, 0], options);

/** Smooth gate: x * tanh(softplus(x)) for each element; the shape stays (Misra 2019, arXiv 1908.08681). */
export const mish = (options: NameOption = {}): Layer => elementwise('mish', 'Mish', () => [ACTIVATIONS.mish, 0, 0], options);

/** x / (1 + |x|) for each element, from -1 to 1; the shape stays (Turian et al. 2009). */
export const softsign = (options: NameOption = {}): Layer => elementwise('softsign', 'Softsign', () => [ACTIVATIONS.softsign, 0, 0], options);

const GELU = optionNames<NonNullable<Parameters<typeof gelu>[0]>>({ name: true, approximate: true });

/**
 * Gaussian error linear unit: x times the normal distribution function, or times its approximation by tanh, for each element; the
 * shape stays (Hendrycks and Gimpel 2016, arXiv 1606.08415).
 * @throws ArgumentError for another approximation
 */
export function gelu(options: NameOption & { readonly approximate?: 'none' | 'tanh' | undefined } = {}): Layer {
  const words = ({ approximate = 'none' }: typeof options): ActivationWords => [
    oneOf('approximate', approximate, ['none', 'tanh']) === 'tanh' ? ACTIVATIONS.geluTanh : ACTIVATIONS.gelu, 0, 0,
  ];
  return elementwise('gelu', 'GELU', words, options, { known: GELU });
}
