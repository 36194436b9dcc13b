import { optionNames } from '../../base/options.js';
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

/** max(x, 0) */
export const relu = (options: NameOption = {}): Layer => elementwise('relu', 'ReLU', () => [ACTIVATIONS.relu, 0, 0], options);

/** min(max(x, 0), 6) */
export const relu6 = (options: NameOption = {}): Layer => elementwise('relu6', 'ReLU6', () => [ACTIVATIONS.clip, 0, 6], options);

/** x where positive, else slope * x. @throws ArgumentError for a slope that is not finite */
export function leakyRelu(slope = 0.01, options: NameOption = {}): Layer {
  return elementwise('leakyRelu', 'LeakyReLU', () => [ACTIVATIONS.leakyRelu, finite('slope', slope), 0], options, { first: slope });
}

/** 1 / (1 + exp(-x)) */
export const sigmoid = (options: NameOption = {}): Layer => elementwise('sigmoid', 'Sigmoid', () => [ACTIVATIONS.sigmoid, 0, 0], options);

/** The hyperbolic tangent, from -1 to 1. */
export const tanh = (options: NameOption = {}): Layer => elementwise('tanh', 'Tanh', () => [ACTIVATIONS.tanh, 0, 0], options);

/** x * sigmoid(x) */
export const silu = (options: NameOption = {}): Layer => elementwise('silu', 'SiLU', () => [ACTIVATIONS.silu, 0, 0], options);

/** x * min(max(x + 3, 0), 6) / 6 */
export const hardswish = (options: NameOption = {}): Layer =>
  elementwise('hardswish', 'Hardswish', () => [ACTIVATIONS.hardSwish, 0, 0], options);

/** min(max(x / 6 + 1 / 2, 0), 1) */
export const hardsigmoid = (options: NameOption = {}): Layer =>
  elementwise('hardsigmoid', 'Hardsigmoid', () => [ACTIVATIONS.hardSigmoid, 1 / 6, 1 / 2], options);

/** ln(1 + exp(x)), a smooth ReLU that is positive everywhere (Dugas et al. 2001). */
export const softplus = (options: NameOption = {}): Layer =>
  elementwise('softplus', 'Softplus', () => [ACTIVATIONS.softplus, 0, 0], options);

const GELU = optionNames<NonNullable<Parameters<typeof gelu>[0]>>({ name: true, approximate: true });

/**
 * x times the normal distribution function (Hendrycks and Gimpel 2016), or its approximation by tanh.
 * @throws ArgumentError for another approximation
 */
export function gelu(options: NameOption & { readonly approximate?: 'none' | 'tanh' | undefined } = {}): Layer {
  const words = ({ approximate = 'none' }: typeof options): ActivationWords => [
    oneOf('approximate', approximate, ['none', 'tanh']) === 'tanh' ? ACTIVATIONS.geluTanh : ACTIVATIONS.gelu, 0, 0,
  ];
  return elementwise('gelu', 'GELU', words, options, { known: GELU });
}
