import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import type { WindowAxis } from '../../form/window.js';
import type { HostTensor } from '../../form/types.js';
import type { HostContext } from './op.js';

/** The taps of a window at output position `out` that lie inside the input: from `first` up to `end`. */
function tapsInside({ size, kernel, stride, dilation, before }: WindowAxis, out: number): readonly [first: number, end: number] {
  const start = out * stride - before;
  return [Math.max(0, Math.ceil(-start / dilation)), Math.min(kernel, Math.ceil((size - start) / dilation))];
}

/** Calls `visit` with offset in the kernel and offset in the input of every tap inside, for the window at an output position. */
export function eachTap(axes: readonly WindowAxis[], position: readonly number[], visit: (kernel: number, input: number) => void): void {
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
  wrong('input 0', `[N, C, ...] of ${least} dimensions or more`, showShape(x.shape), { as: ShapeError });
}

/** The number of groups, which must divide the channels on both sides. */
export function groupsOf({ attributes }: HostContext, name: string, ...channels: readonly number[]): number {
  const groups = attributes.int(name, 1);
  if (groups >= 1 && channels.every((count) => count % groups === 0)) return groups;
  wrong(name, `groups that divide ${channels.join(' and ')} channels`, String(groups), { as: FormatError });
}

/** A tensor of the shape that it must have, where it is there. @throws ShapeError for any other */
export function expectShape<Given extends HostTensor | undefined>(tensor: Given, shape: readonly number[], place: string): Given {
  const [expected, got] = [showShape(shape), tensor && showShape(tensor.shape)];
  if (got === undefined || got === expected) return tensor;
  wrong(place, expected, got, { as: ShapeError });
}

/** `kernel_shape` may repeat what the filters' shape says, but not say anything else. */
export function checkKernel({ attributes }: HostContext, kernel: readonly number[]): void {
  const said = attributes.ints('kernel_shape', kernel);
  if (said.join() === kernel.join()) return;
  wrong('kernel_shape', `[${kernel.join(', ')}], as the filters are`, `[${said.join(', ')}]`, { as: FormatError });
}
