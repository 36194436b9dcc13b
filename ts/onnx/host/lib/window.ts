import { FormatError, ShapeError } from '../../../base/errors.js';
import { showShape } from '../../../base/show.js';
import type { Attributes } from '../../read/attributes.js';
import type { HostTensor } from '../../read/types.js';
import type { HostContext } from './op.js';

/** One axis of a window that slides over a tensor of any rank. */
export interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
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
  throw new FormatError(`${name}: expected ${count} numbers${atLeast}, got [${values.join(', ')}]`, {
    place: name,
    expected: `${count} numbers${atLeast}`,
    got: `[${values.join(', ')}]`,
  });
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
  throw new FormatError(`auto_pad: there is no ${auto}`, { place: 'auto_pad', got: auto });
}

/**
 * The axes of a convolution or pooling.
 * @param spatial - sizes of the dimensions behind N and C
 */
export function windowAxes(attributes: Attributes, spatial: readonly number[], kernel: readonly number[]): Axis[] {
  checkedList('kernel_shape', kernel, spatial.length, 1);
  const { strides, dilations, pads, auto } = windowOf(attributes, kernel);
  const ceil = attributes.int('ceil_mode', 0) !== 0;
  return spatial.map((size, i): Axis => {
    const axis = { size, kernel: kernel[i]!, stride: strides[i]!, dilation: dilations[i]! };
    const span = axis.dilation * (axis.kernel - 1) + 1;
    const total = Math.max(0, (Math.ceil(size / axis.stride) - 1) * axis.stride + span - size);
    const [before, after] = padding(auto, total, [pads[i]!, pads[spatial.length + i]!]);
    const room = size + before + after - span;
    let out = (ceil ? Math.ceil(room / axis.stride) : Math.floor(room / axis.stride)) + 1;
    // A last window that would start in the padding behind does not count.
    if (ceil && (out - 1) * axis.stride >= size + before) out--;
    if (out < 1) throw new ShapeError(`the dilated kernel spans ${span}, more than the padded input of ${size + before + after}`);
    return { ...axis, before, after, out };
  });
}

function padding(auto: string, total: number, given: readonly [number, number]): readonly [number, number] {
  if (auto === 'NOTSET') return given;
  if (auto === 'VALID') return [0, 0];
  const half = Math.floor(total / 2);
  return auto === 'SAME_UPPER' ? [half, total - half] : [total - half, half];
}

/** The taps of a window at output position `out` that lie inside the input: from `first` up to `end`. */
function tapsInside({ size, kernel, stride, dilation, before }: Axis, out: number): readonly [first: number, end: number] {
  const start = out * stride - before;
  return [Math.max(0, Math.ceil(-start / dilation)), Math.min(kernel, Math.ceil((size - start) / dilation))];
}

/** Calls `visit` with offset in the kernel and offset in the input of every tap inside, for the window at an output position. */
export function eachTap(axes: readonly Axis[], position: readonly number[], visit: (kernel: number, input: number) => void): void {
  const ranges = axes.map((axis, d) => tapsInside(axis, position[d]!));
  const step = (d: number, kernel: number, input: number): void => {
    if (d === axes.length) {
      visit(kernel, input);
      return;
    }
    const axis = axes[d]!;
    const [first, end] = ranges[d]!;
    const start = position[d]! * axis.stride - axis.before;
    for (let tap = first; tap < end; tap++) step(d + 1, kernel * axis.kernel + tap, input * axis.size + start + tap * axis.dilation);
  };
  // One empty axis makes the window empty, however many taps the others have.
  if (ranges.every(([first, end]) => first < end)) step(0, 0, 0);
}

/** Batch, channels and sizes of [N, C, ...]. @throws ShapeError for fewer than `least` dimensions */
export function mapsOf(x: HostTensor, least = 3): { n: number; c: number; spatial: readonly number[] } {
  const [n, c, ...spatial] = x.shape;
  if (n !== undefined && c !== undefined && x.shape.length >= least) return { n, c, spatial };
  throw new ShapeError(`expected [N, C, ...] of ${least} dimensions or more, got ${showShape(x.shape)}`, { place: 'input 0', got: showShape(x.shape) });
}

/** The number of groups, which must divide the channels on both sides. */
export function groupsOf({ attributes }: HostContext, name: string, ...channels: readonly number[]): number {
  const groups = attributes.int(name, 1);
  if (groups >= 1 && channels.every((count) => count % groups === 0)) return groups;
  throw new FormatError(`${name}: ${groups} groups do not divide ${channels.join(' and ')} channels`, { place: name, got: String(groups) });
}

/** A tensor of the shape that it must have, where it is there. @throws ShapeError for any other */
export function expectShape<Given extends HostTensor | undefined>(tensor: Given, shape: readonly number[], place: string): Given {
  const [expected, got] = [showShape(shape), tensor && showShape(tensor.shape)];
  if (got === undefined || got === expected) return tensor;
  throw new ShapeError(`${place} is ${got}, expected ${expected}`, { place, expected, got });
}

/** `kernel_shape` may repeat what the filters' shape says, but not say anything else. */
export function checkKernel({ attributes }: HostContext, kernel: readonly number[]): void {
  const said = attributes.ints('kernel_shape', kernel);
  if (said.join() === kernel.join()) return;
  throw new FormatError(`kernel_shape is [${said.join(', ')}], the filters are ${kernel.join(' x ')}`, { place: 'kernel_shape', got: `[${said.join(', ')}]` });
}
