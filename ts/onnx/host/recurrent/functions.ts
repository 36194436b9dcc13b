import { FormatError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import type { HostContext } from '../lib/op.js';

export type Activation = (x: number) => number;

/** Functions of ONNX by name; alpha and beta, where they have them, and what these are where nothing is said. */
const FUNCTIONS: Readonly<Record<string, { readonly defaults: readonly number[]; readonly of: (x: number, alpha: number, beta: number) => number }>> = {
  affine: { defaults: [1, 0], of: (x, alpha, beta) => alpha * x + beta },
  elu: { defaults: [1], of: (x, alpha) => (x >= 0 ? x : alpha * Math.expm1(x)) },
  hardsigmoid: { defaults: [0.2, 0.5], of: (x, alpha, beta) => Math.min(Math.max(alpha * x + beta, 0), 1) },
  leakyrelu: { defaults: [0.01], of: (x, alpha) => (x >= 0 ? x : alpha * x) },
  relu: { defaults: [], of: (x) => (x < 0 ? 0 : x) },
  scaledtanh: { defaults: [1, 1], of: (x, alpha, beta) => alpha * Math.tanh(beta * x) },
  sigmoid: { defaults: [], of: (x) => 1 / (1 + Math.exp(-x)) },
  softplus: { defaults: [], of: (x) => (x > 30 ? x : Math.log1p(Math.exp(x))) },
  softsign: { defaults: [], of: (x) => x / (1 + Math.abs(x)) },
  tanh: { defaults: [], of: Math.tanh },
  thresholdedrelu: { defaults: [1], of: (x, alpha) => (x > alpha ? x : 0) },
};

/** What `clip` bounds: sums of gates. The third function of an LSTM reads its cells. */
const BOUNDED = 2;

/** The functions of each direction. Lists of alphas and betas name those that have one, in their order. */
export function functionsOf({ attributes }: HostContext, defaults: readonly string[], directions: number): readonly (readonly Activation[])[] {
  const names = attributes.strings('activations', Array.from({ length: directions }, () => defaults).flat());
  if (names.length !== defaults.length * directions) wrong('activations', `${defaults.length * directions} functions`, String(names.length), { as: FormatError });
  const [alphas, betas] = [[...attributes.floats('activation_alpha', [])], [...attributes.floats('activation_beta', [])]];
  const clip = attributes.float('clip', Infinity);
  const bounded = (x: number): number => Math.min(Math.max(x, -clip), clip);
  const functions = names.map((name, i): Activation => {
    const key = name.toLowerCase();
    const found = Object.hasOwn(FUNCTIONS, key) ? FUNCTIONS[key]! : wrong('activations', `one of ${Object.keys(FUNCTIONS).join(', ')}`, name, { as: FormatError });
    const alpha = found.defaults.length > 0 ? (alphas.shift() ?? found.defaults[0]!) : 0;
    const beta = found.defaults.length > 1 ? (betas.shift() ?? found.defaults[1]!) : 0;
    return i % defaults.length < BOUNDED ? (x) => found.of(bounded(x), alpha, beta) : (x) => found.of(x, alpha, beta);
  });
  return Array.from({ length: directions }, (_, way) => functions.slice(way * defaults.length, (way + 1) * defaults.length));
}
