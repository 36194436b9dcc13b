import { FormatError, ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { positionsOf, spanOf } from '../../tensor/geometry.js';
import type { Axis } from '../../tensor/geometry.js';
import type { Attributes } from './attributes.js';

/** One axis of a window that slides over a tensor of any rank, and what comes of it. */
export interface WindowAxis extends Omit<Axis, 'ceil'> {
  readonly size: number;
  readonly out: number;
}

/** What a window's attributes say of each axis, not yet laid over an input. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All befores, then all afters; negative ones crop. */
  readonly pads: readonly number[];
  readonly auto: string;
}

/** An attribute of one number for each of `count` axes, none below `least`. */
export function perAxis(attributes: Attributes, name: string, count: number, otherwise: number, least = -Infinity): readonly number[] {
  const values = attributes.ints(name, new Array<number>(count).fill(otherwise));
  return checkedList(name, values, count, least);
}

/** @throws FormatError if there are not `count` numbers, or one is below `least` */
export function checkedList(name: string, values: readonly number[], count: number, least: number): readonly number[] {
  if (values.length === count && values.every((value) => value >= least)) return values;
  const atLeast = Number.isFinite(least) ? `, each at least ${least}` : '';
  wrong(name, `${count} numbers${atLeast}`, `[${values.join(', ')}]`, { as: FormatError });
}

/** @param kernel - sizes of the window, of as many dimensions as it has */
export function windowOf(attributes: Attributes, kernel: readonly number[]): Window {
  const rank = kernel.length;
  return {
    kernel: checkedList('kernel_shape', kernel, rank, 1),
    strides: perAxis(attributes, 'strides', rank, 1, 1),
    dilations: perAxis(attributes, 'dilations', rank, 1, 1),
    pads: perAxis(attributes, 'pads', 2 * rank, 0),
    auto: autoPad(attributes),
  };
}

/** NOTSET, VALID, SAME_UPPER or SAME_LOWER. */
function autoPad(attributes: Attributes): string {
  const auto = attributes.string('auto_pad', 'NOTSET');
  if (auto === '') return 'NOTSET';
  if (['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'].includes(auto)) return auto;
  wrong('auto_pad', 'NOTSET, VALID, SAME_UPPER or SAME_LOWER', auto, { as: FormatError });
}

/**
 * The axes of a convolution or pooling.
 * @param spatial - sizes of the dimensions behind N and C
 */
export function windowAxes(attributes: Attributes, spatial: readonly number[], kernel: readonly number[]): WindowAxis[] {
  checkedList('kernel_shape', kernel, spatial.length, 1);
  const { strides, dilations, pads, auto } = windowOf(attributes, kernel);
  const ceil = attributes.int('ceil_mode', 0) !== 0;
  return spatial.map((size, i): WindowAxis => {
    const axis = { size, kernel: kernel[i]!, stride: strides[i]!, dilation: dilations[i]! };
    const span = spanOf(axis);
    const total = Math.max(0, (Math.ceil(size / axis.stride) - 1) * axis.stride + span - size);
    const [before, after] = padding(auto, total, [pads[i]!, pads[spatial.length + i]!]);
    const out = positionsOf(size, { ...axis, before, after, ceil });
    if (out < 1) wrong(undefined, `a kernel that spans at most ${size + before + after}, the padded input`, String(span), { as: ShapeError });
    return { ...axis, before, after, out };
  });
}

function padding(auto: string, total: number, given: readonly [number, number]): readonly [number, number] {
  if (auto === 'NOTSET') return given;
  if (auto === 'VALID') return [0, 0];
  const half = Math.floor(total / 2);
  return auto === 'SAME_UPPER' ? [half, total - half] : [total - half, half];
}
