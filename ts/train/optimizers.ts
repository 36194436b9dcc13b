import { wrong } from '../base/wrong.js';
import { checkOptions, optionNames } from '../base/options.js';
import type { KnownOptions } from '../base/options.js';
import { showValue } from '../base/show.js';
import { checkGroups } from './groups.js';
import type { ParameterGroup } from './groups.js';
import type { Rate } from './schedules.js';
import { rateAt } from './schedules.js';

/** What every optimiser may be told. */
export interface OptimizerOptions {
  /** Learning rate: a number from 0 on, a schedule, or any function of the number of the update, counted from 0. */
  readonly lr: Rate;
  /** Weight decay, from 0 on. Default 0; 0.01 of AdamW. */
  readonly weightDecay?: number | undefined;
  /** Whether norms and biases decay as well. Default true, as in PyTorch. */
  readonly decayAll?: boolean | undefined;
  /** Parameters with another learning rate or weight decay. */
  readonly groups?: readonly ParameterGroup[] | undefined;
}

/** How parameters follow their gradients, as numbers. */
export type Update =
  | { readonly kind: 'sgd'; readonly momentum: number; readonly dampening: number; readonly nesterov: boolean }
  | { readonly kind: 'adam'; readonly beta1: number; readonly beta2: number; readonly eps: number; readonly decoupled: boolean }
  | { readonly kind: 'rmsprop'; readonly alpha: number; readonly eps: number; readonly momentum: number; readonly centered: boolean };

/** An optimiser: its numbers, and the rate of each update. */
export interface Optimizer {
  /** Its rule and the numbers of it. @internal */
  readonly update: Update;
  /** Learning rate. */
  readonly lr: Rate;
  /** Weight decay. */
  readonly weightDecay: number;
  /** Whether norms and biases decay as well. */
  readonly decayAll: boolean;
  /** Parameters with another learning rate or weight decay. */
  readonly groups: readonly ParameterGroup[];
}

const COMMON = { lr: true, weightDecay: true, decayAll: 'boolean', groups: true } as const;

function check(place: string, name: string, value: number, fits: (value: number) => boolean, expected: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && fits(value)) return value;
  const got = showValue(value);
  wrong(`${place}: ${name}`, expected, got);
}

const atLeast0 = (place: string, name: string, value: number): number => check(place, name, value, (given) => given >= 0, 'a number from 0 on');
const below1 = (place: string, name: string, value: number): number => check(place, name, value, (given) => given >= 0 && given < 1, 'a number from 0 to below 1');

function optimizer(place: string, options: OptimizerOptions, known: KnownOptions, update: Update, decay = 0): Optimizer {
  checkOptions(place, options, known);
  const { lr, weightDecay = decay, decayAll = true, groups = [] }: Partial<OptimizerOptions> = options ?? {};
  if (lr === undefined) wrong(`${place}: lr`, 'a number or a schedule', 'none');
  rateAt(lr, 0);
  return { update, lr, weightDecay: atLeast0(place, 'weightDecay', weightDecay), decayAll, groups: checkGroups(place, groups) };
}

/** Options of stochastic gradient descent. */
export interface SgdOptions extends OptimizerOptions {
  /** How much of the last update goes on, from 0 on. Default 0. */
  readonly momentum?: number | undefined;
  /** Which part of itself a new gradient loses. Default 0. */
  readonly dampening?: number | undefined;
  /**
   * Whether to look ahead (Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"): needs momentum, and no
   * dampening. Default false.
   */
  readonly nesterov?: boolean | undefined;
}

const SGD = optionNames<SgdOptions>({ ...COMMON, momentum: true, dampening: true, nesterov: 'boolean' });

/** Stochastic gradient descent with momentum (Polyak 1964), PyTorch's `SGD`. @throws ArgumentError for an option that does not exist or a number that has no meaning */
export function sgd(options: SgdOptions): Optimizer {
  const { momentum = 0, dampening = 0, nesterov = false } = options ?? {};
  const made = optimizer('sgd', options, SGD, { kind: 'sgd', momentum, dampening, nesterov });
  atLeast0('sgd', 'momentum', momentum);
  check('sgd', 'dampening', dampening, () => true, 'a number');
  if (!nesterov || (momentum > 0 && dampening === 0)) return made;
  wrong('sgd: nesterov', 'momentum above 0, and dampening 0', `momentum ${momentum}, dampening ${dampening}`);
}

/** Options of Adam. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the means of gradients and of their squares, each from 0 to below 1. Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number] | undefined;
  /** Added to the root, from 0 on. Default 1e-8. */
  readonly eps?: number | undefined;
}

const ADAM = optionNames<AdamOptions>({ ...COMMON, betas: true, eps: true });

/** @throws ArgumentError for what is no pair */
function pairOf(place: string, betas: readonly [number, number]): readonly [number, number] {
  if (Array.isArray(betas) && betas.length === 2) return betas;
  const [expected, got] = ['two numbers from 0 to below 1', showValue(betas)];
  wrong(`${place}: betas`, expected, got);
}

function adamOf(place: string, options: AdamOptions, decoupled: boolean, decay: number): Optimizer {
  const { betas = [0.9, 0.999], eps = 1e-8 } = options ?? {};
  const [beta1, beta2] = pairOf(place, betas);
  const made = optimizer(place, options, ADAM, { kind: 'adam', beta1, beta2, eps, decoupled }, decay);
  below1(place, 'betas', beta1);
  below1(place, 'betas', beta2);
  atLeast0(place, 'eps', eps);
  return made;
}

/** Adam (Kingma and Ba 2015, arXiv 1412.6980), PyTorch's `Adam`: weight decay is part of the gradient. @throws ArgumentError as `sgd` */
export function adam(options: AdamOptions): Optimizer {
  return adamOf('adam', options, false, 0);
}

/** Adam with weight decay of its own (Loshchilov and Hutter 2019, arXiv 1711.05101), PyTorch's `AdamW`. @throws ArgumentError as `sgd` */
export function adamw(options: AdamOptions): Optimizer {
  return adamOf('adamw', options, true, 0.01);
}

/** Options of RMSprop. */
export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the mean of squares, from 0 to below 1. Default 0.99. */
  readonly alpha?: number | undefined;
  /** Added to the root, from 0 on. Default 1e-8. */
  readonly eps?: number | undefined;
  /** How much of the last update goes on, from 0 on. Default 0. */
  readonly momentum?: number | undefined;
  /** Whether the variance is taken in place of the mean square. Default false. */
  readonly centered?: boolean | undefined;
}

const RMSPROP = optionNames<RmspropOptions>({ ...COMMON, alpha: true, eps: true, momentum: true, centered: 'boolean' });

/** RMSprop (Tieleman and Hinton 2012, lecture 6.5 of "Neural networks for machine learning"), PyTorch's `RMSprop`. @throws ArgumentError as `sgd` */
export function rmsprop(options: RmspropOptions): Optimizer {
  const { alpha = 0.99, eps = 1e-8, momentum = 0, centered = false } = options ?? {};
  const made = optimizer('rmsprop', options, RMSPROP, { kind: 'rmsprop', alpha, eps, momentum, centered });
  below1('rmsprop', 'alpha', alpha);
  atLeast0('rmsprop', 'eps', eps);
  atLeast0('rmsprop', 'momentum', momentum);
  return made;
}

/** Arrays of the size of a parameter that its optimiser keeps. */
export function stateSlots(update: Update): number {
  switch (update.kind) {
    case 'sgd': return update.momentum === 0 ? 0 : 1;
    case 'adam': return 2;
    case 'rmsprop': return 1 + Number(update.momentum !== 0) + Number(update.centered);
  }
}
