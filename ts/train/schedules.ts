import { wrong } from '../base/wrong.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';

/** The learning rate of each update, counted from 0. */
export type Schedule = (step: number) => number;

/** A learning rate that stays, or one for each update. */
export type Rate = number | Schedule;

/** The rate of an update. @throws ArgumentError for a rate that is no number from 0 on */
export function rateAt(rate: Rate, step: number): number {
  const value = typeof rate === 'function' ? rate(step) : rate;
  return number('lr', value, (given) => given >= 0, 'a number from 0 on');
}

function number(place: string, value: number, fits: (value: number) => boolean, expected: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && fits(value)) return value;
  const got = showValue(value);
  wrong(place, expected, got);
}

const rate = (place: string, value: number): number => number(`${place}: lr`, value, (given) => given >= 0, 'a number from 0 on');
const count = (place: string, value: number, least = 1): number =>
  number(place, value, (given) => Number.isSafeInteger(given) && given >= least, `a whole number from ${least} on`);

const factor = (place: string, value: number): number => number(place, value, (given) => given >= 0, 'a number from 0 on');

/** Options that are missing are said by what is missing of them. */
const of = <Options>(options: Options): Options => options ?? ({} as Options);

/** The same rate at every update. @throws ArgumentError for a rate that is no number from 0 on */
export function constant(lr: number): Schedule {
  rate('constant', lr);
  return () => lr;
}

/** Options of a schedule of steps. */
export interface StepOptions {
  /** Updates between two steps, from 1 on. */
  readonly every: number;
  /** Factor of each step, from 0 on. Default 0.1. */
  readonly gamma?: number | undefined;
}

const STEP = optionNames<StepOptions>({ every: true, gamma: true });

/** The rate lr * gamma^floor(step / every), PyTorch's `StepLR`. @throws ArgumentError for numbers that have no meaning */
export function stepDecay(lr: number, options: StepOptions): Schedule {
  checkOptions('stepDecay', options, STEP);
  const { every, gamma = 0.1 } = of(options);
  rate('stepDecay', lr);
  count('stepDecay: every', every);
  factor('stepDecay: gamma', gamma);
  return (at) => lr * gamma ** Math.floor(at / every);
}

/** Options of a schedule that ends. */
export interface CosineOptions {
  /** Updates until the rate has fallen to `min`, those of the warm-up among them. */
  readonly steps: number;
  /** Updates in which the rate rises evenly to `lr`, fewer than `steps`. Default 0. */
  readonly warmup?: number | undefined;
  /** Factor of the first update of the warm-up, from 0 on. Default 1 / warmup. */
  readonly start?: number | undefined;
  /** The last rate, from 0 on. Default 0. */
  readonly min?: number | undefined;
}

const COSINE = optionNames<CosineOptions>({ steps: true, warmup: true, start: true, min: true });

/**
 * Half a wave of the cosine from `lr` down to `min` (Loshchilov and Hutter 2017, arXiv 1608.03983), after a warm-up that rises
 * evenly from `start` * lr, as PyTorch's `LinearLR`. Past the end it stays at `min`.
 * @throws ArgumentError for numbers that have no meaning
 */
export function cosine(lr: number, options: CosineOptions): Schedule {
  checkOptions('cosine', options, COSINE);
  const { steps, warmup = 0, start, min = 0 } = of(options);
  rate('cosine', lr);
  rate('cosine: min', min);
  count('cosine: steps', steps);
  count('cosine: warmup', warmup, 0);
  const first = factor('cosine: start', start ?? 1 / Math.max(1, warmup));
  if (warmup >= steps) wrong('cosine: warmup', `fewer than ${steps} updates`, String(warmup));
  return (at) => {
    if (at < warmup) return lr * (first + ((1 - first) * at) / warmup);
    const done = Math.min(1, (at - warmup) / (steps - warmup));
    return min + ((lr - min) * (1 + Math.cos(Math.PI * done))) / 2;
  };
}

/** Options of a linear schedule. */
export interface LinearOptions {
  /** Updates until `end`, from 1 on. */
  readonly steps: number;
  /** Factor of the first update, from 0 on. Default 1 / 3. */
  readonly start?: number | undefined;
  /** Factor of the updates from number `steps` on, from 0 on. Default 1. */
  readonly end?: number | undefined;
}

const LINEAR = optionNames<LinearOptions>({ steps: true, start: true, end: true });

/** A factor of `lr` that goes evenly from `start` to `end`: a warm-up, as PyTorch's `LinearLR`. @throws ArgumentError for numbers that have no meaning */
export function linearRamp(lr: number, options: LinearOptions): Schedule {
  checkOptions('linearRamp', options, LINEAR);
  const { steps, start = 1 / 3, end = 1 } = of(options);
  rate('linearRamp', lr);
  count('linearRamp: steps', steps);
  factor('linearRamp: start', start);
  factor('linearRamp: end', end);
  return (at) => lr * (start + (end - start) * Math.min(1, at / steps));
}

/** Options of one cycle. */
export interface OneCycleOptions {
  /** Updates of the whole cycle, from 1 on. */
  readonly steps: number;
  /** Part of them in which the rate rises, 0 to 1. Default 0.3. */
  readonly rise?: number | undefined;
  /** The first rate is lr / divide, above 0. Default 25. */
  readonly divide?: number | undefined;
  /** The last rate is the first / finalDivide, above 0. Default 1e4. */
  readonly finalDivide?: number | undefined;
}

const ONE_CYCLE = optionNames<OneCycleOptions>({ steps: true, rise: true, divide: true, finalDivide: true });

/** Up to `lr` and down again by half waves of the cosine (Smith and Topin 2018, arXiv 1708.07120), as PyTorch's `OneCycleLR`. @throws ArgumentError for numbers that have no meaning */
export function oneCycle(lr: number, options: OneCycleOptions): Schedule {
  checkOptions('oneCycle', options, ONE_CYCLE);
  const { steps, rise = 0.3, divide = 25, finalDivide = 1e4 } = of(options);
  rate('oneCycle', lr);
  count('oneCycle: steps', steps);
  number('oneCycle: rise', rise, (part) => part >= 0 && part <= 1, 'a number from 0 to 1');
  for (const [name, by] of Object.entries({ divide, finalDivide })) number(`oneCycle: ${name}`, by, (given) => given > 0, 'a number above 0');
  const first = lr / divide;
  const [peak, last] = [rise * steps - 1, steps - 1];
  const between = (from: number, to: number, done: number): number => to + ((from - to) * (1 + Math.cos(Math.PI * done))) / 2;
  return (at) => {
    if (at <= peak) return between(first, lr, peak > 0 ? at / peak : 1);
    return between(lr, first / finalDivide, Math.min(1, (at - peak) / (last - peak)));
  };
}
