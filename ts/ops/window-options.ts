import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';
import type { WindowAttrs } from './common.js';

/** One number for both axes, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

/** One number, [vertical, horizontal], or [top, left, bottom, right]. */
export type Padding = Pair | readonly [number, number, number, number];

/** How a window walks over a map, in elements of it. */
export interface WindowOptions {
  /** From one window to the next. Default 1; for pooling as large as the kernel. */
  readonly stride?: Pair | undefined;
  /** Elements added around the map: zeros, for max pooling minus infinity. Default 0. */
  readonly padding?: Padding | undefined;
  /** From one element under the kernel to the next. Default 1. */
  readonly dilation?: Pair | undefined;
}

export function pair(what: string, value: Pair): [number, number] {
  if (typeof value === 'number') return [value, value];
  if (Array.isArray(value) && value.length === 2) return [value[0], value[1]];
  wrong(undefined, `${what} to be a number or a pair of numbers`, showValue(value));
}

function pads(value: Padding): [number, number, number, number] {
  if (typeof value === 'number') return [value, value, value, value];
  const [a, b, c = a, d = b] = (Array.isArray(value) ? value : []) as readonly number[];
  if (Array.isArray(value) && (value.length === 2 || value.length === 4)) return [a ?? NaN, b ?? NaN, c ?? NaN, d ?? NaN];
  const got = showValue(value);
  wrong(undefined, 'padding to be one, two or four numbers', got);
}

export function windowAttrs(kernel: Pair, stride: Pair, options: Omit<WindowOptions, 'stride'>, ceil = false): WindowAttrs {
  return {
    kernel: pair('kernel', kernel),
    stride: pair('stride', stride),
    pad: pads(options.padding ?? 0),
    dilation: pair('dilation', options.dilation ?? 1),
    ceil,
  };
}

/** Names of the options of every convolution. */
export const CONVOLUTION_OPTIONS = { name: true, stride: true, padding: true, dilation: true, groups: true, bias: 'boolean' } as const;
