import { checkOptions, optionNames } from '../base/options.js';
import type { KnownOptions } from '../base/options.js';
import { showShape, showValue, typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { Init } from '../graph/rule.js';

/** How weights begin, as data: without their sizes. */
export type Initializer = UniformInit | NormalInit | KaimingInit | ScaledInit;

/** Numbers from -bound to bound. */
export interface UniformInit {
  /** Which rule it is. */
  readonly kind: 'uniform';
  /** The largest, from 0 on. */
  readonly bound: number;
}

/** Normally distributed numbers of mean 0. */
export interface NormalInit {
  /** Which rule it is. */
  readonly kind: 'normal';
  /** Standard deviation, from 0 on. */
  readonly std: number;
}

/** Numbers scaled so that ReLUs keep the variance (He et al. 2015, arXiv 1502.01852). */
export interface KaimingInit {
  /** Which rule it is. */
  readonly kind: 'kaimingUniform' | 'kaimingNormal';
  /** Which variance is kept. */
  readonly mode: FanMode;
  /** Of the activation that follows. */
  readonly gain: number;
}

/** Numbers scaled for both ways (Glorot and Bengio 2010), or orthogonal rows or columns (Saxe et al. 2013, arXiv 1312.6120). */
export interface ScaledInit {
  /** Which rule it is. */
  readonly kind: 'xavierUniform' | 'xavierNormal' | 'orthogonal';
  /** Of the activation that follows. */
  readonly gain: number;
}

/** Whether the variance is kept on the way forward or on the way back. */
export type FanMode = 'fanIn' | 'fanOut';

/** One rule for all weights of two or more dimensions; or a rule for each parameter by name, none for that of its layer. */
export type InitOption = Initializer | ((name: string, shape: readonly number[]) => Initializer | undefined);

/** Options of Kaiming's rules. */
export interface KaimingOptions {
  /** Default 'fanIn': the variance is kept on the way forward. */
  readonly mode?: FanMode | undefined;
  /** Factor for the activation that follows, from 0 on. Default sqrt(2), that of ReLU. */
  readonly gain?: number | undefined;
}

/** Options of rules that are scaled. */
export interface GainOptions {
  /** Factor for the activation that follows, from 0 on. Default 1. */
  readonly gain?: number | undefined;
}

const KAIMING = optionNames<KaimingOptions>({ mode: true, gain: true });
const GAIN = optionNames<GainOptions>({ gain: true });

function kaiming(kind: 'kaimingUniform' | 'kaimingNormal', options: KaimingOptions): Initializer {
  checkOptions(kind, options, KAIMING);
  const { mode = 'fanIn', gain = Math.SQRT2 } = options;
  if (mode !== 'fanIn' && mode !== 'fanOut') wrong(`${kind}: mode`, 'fanIn or fanOut', showValue(mode));
  return { kind, mode, gain: positive(kind, 'gain', gain) };
}

function scaled(kind: 'xavierUniform' | 'xavierNormal' | 'orthogonal', options: GainOptions): Initializer {
  checkOptions(kind, options, GAIN);
  return { kind, gain: positive(kind, 'gain', options.gain ?? 1) };
}

function positive(place: string, name: string, value: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : wrong(`${place}: ${name}`, 'a number from 0 on', showValue(value));
}

function single<Name extends string>(place: string, name: Name, options: Readonly<Record<Name, number>>, known: KnownOptions): number {
  checkOptions(place, options, known);
  return positive(place, name, options?.[name]);
}

/**
 * Even between -bound and bound = gain sqrt(3 / fan), where fan is the inputs or outputs of an element
 * (He et al. 2015, arXiv 1502.01852), PyTorch's `kaiming_uniform_`.
 * @throws ArgumentError for an option
 */
export const kaimingUniform = (options: KaimingOptions = {}): Initializer => kaiming('kaimingUniform', options);

/**
 * Normal, of deviation gain / sqrt(fan), where fan is the inputs or outputs of an element
 * (He et al. 2015, arXiv 1502.01852), PyTorch's `kaiming_normal_`.
 * @throws ArgumentError for an option
 */
export const kaimingNormal = (options: KaimingOptions = {}): Initializer => kaiming('kaimingNormal', options);

/**
 * Even between -bound and bound = gain sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010,
 * "Understanding the difficulty of training deep feedforward neural networks"), PyTorch's `xavier_uniform_`.
 * @throws ArgumentError for an option
 */
export const xavierUniform = (options: GainOptions = {}): Initializer => scaled('xavierUniform', options);

/** Normal, of deviation gain sqrt(2 / (fan in + fan out)) (Glorot and Bengio 2010), PyTorch's `xavier_normal_`. @throws ArgumentError for an option */
export const xavierNormal = (options: GainOptions = {}): Initializer => scaled('xavierNormal', options);

/** Rows, or columns, that are orthogonal (Saxe et al. 2013, arXiv 1312.6120), PyTorch's `orthogonal_`. @throws ArgumentError for an option */
export const orthogonal = (options: GainOptions = {}): Initializer => scaled('orthogonal', options);

/** Normal, of mean 0 and this deviation, PyTorch's `normal_`. @throws ArgumentError for an option */
export const normal = (options: { readonly std: number }): Initializer => ({ kind: 'normal', std: single('normal', 'std', options, { std: true }) });

/** Even between -bound and bound, PyTorch's `uniform_`. @throws ArgumentError for an option */
export const uniform = (options: { readonly bound: number }): Initializer => ({ kind: 'uniform', bound: single('uniform', 'bound', options, { bound: true }) });

/**
 * How a parameter begins by the option `init`; none where its layer decides.
 * @throws ArgumentError for what is no rule, or one that needs a weight of two dimensions
 */
export function initBy(option: InitOption | undefined, name: string, shape: readonly number[]): Init | undefined {
  const byName = typeof option === 'function';
  const rule = byName ? option(name, shape) : shape.length > 1 ? option : undefined;
  if (rule === undefined) return undefined;
  if (typeof rule !== 'object' || rule === null || !('kind' in rule)) wrong(`init: ${name}`, 'a rule such as kaimingNormal(), or undefined', typeName(rule));
  if (rule.kind === 'uniform' || rule.kind === 'normal') return rule;
  const [outs = 1, ins, ...window] = shape;
  if (ins === undefined) wrong(`init: ${name}`, `two or more dimensions for ${rule.kind}`, showShape(shape), { hint: 'biases and norms can be uniform or normal, or begin as their layer says' });
  const area = window.reduce((product, dim) => product * dim, 1);
  const [fanIn, fanOut] = [ins * area, outs * area];
  switch (rule.kind) {
    case 'kaimingUniform':
    case 'kaimingNormal': return { kind: rule.kind, fan: rule.mode === 'fanIn' ? fanIn : fanOut, gain: rule.gain };
    case 'xavierUniform':
    case 'xavierNormal': return { kind: rule.kind, fanIn, fanOut, gain: rule.gain };
    case 'orthogonal': return { kind: 'orthogonal', rows: outs, gain: rule.gain };
  }
}
