import { ShapeError, UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, Numbers } from '../../form/types.js';
import { checkKernel, expectShape, groupsOf } from '../lib/window.js';
import { windowAxes } from '../../form/window.js';
import type { WindowAxis } from '../../form/window.js';
import { required } from '../lib/op.js';
import type { Compute, HostOps } from '../lib/op.js';
import { rounded } from '../lib/types.js';

interface Deformed {
  readonly x: HostTensor;
  readonly offset: HostTensor;
  readonly mask: HostTensor | undefined;
  /** Rows, then columns. */
  readonly axes: readonly [WindowAxis, WindowAxis];
  readonly offsetGroups: number;
}

/** A convolution whose taps are moved by offsets of their own (Dai et al. 2017, arXiv 1703.06211), and weighted by a mask. */
const deformConv: Compute = (context) => {
  const [x, w] = [required(context, 0), required(context, 1)];
  if (x.shape.length !== 4 || w.shape.length !== 4) wrong(undefined, '[N, C, H, W]', `${showShape(x.shape)} and ${showShape(w.shape)}`, { as: UnsupportedError });
  const [n, c, h, width] = x.shape as [number, number, number, number];
  const [oc, cg, kh, kw] = w.shape as [number, number, number, number];
  const groups = groupsOf(context, 'group', c, oc);
  const offsetGroups = groupsOf(context, 'offset_group', c);
  if (c !== cg * groups) wrong('input 1', `filters for ${showShape(x.shape)} in ${groups} groups`, showShape(w.shape), { as: ShapeError });
  checkKernel(context, [kh, kw]);
  const axes = windowAxes(context.attributes, [h, width], [kh, kw]) as [WindowAxis, WindowAxis];
  const [oh, ow] = [axes[0].out, axes[1].out];
  const area = kh * kw;
  const offset = expectShape(required(context, 2), [n, offsetGroups * area * 2, oh, ow], 'input 2');
  const bias = expectShape(context.inputs[3], [oc], 'input 3');
  const mask = expectShape(context.inputs[4], [n, offsetGroups * area, oh, ow], 'input 4');
  const data = allocate(x.dtype, size([n, oc, oh, ow]));
  const sampled = allocate('float64', data.length === 0 ? 0 : c * area);
  for (let index = 0; data.length > 0 && index < n * oh * ow; index++) {
    const [image, at] = [Math.floor(index / (oh * ow)), index % (oh * ow)];
    sample({ x, offset, mask, axes, offsetGroups }, image, at, sampled);
    for (let o = 0; o < oc; o++) {
      const start = Math.floor(o / (oc / groups)) * cg * area;
      let sum = bias?.data[o] ?? 0;
      for (let k = 0; k < cg * area; k++) sum += sampled[start + k]! * w.data[o * cg * area + k]!;
      data[(image * oc + o) * oh * ow + at] = sum;
    }
  }
  return [rounded({ dtype: x.dtype, shape: [n, oc, oh, ow], data })];
};

/** What the taps of the window at output pixel `at` see of each channel: [C, KH, KW]. */
function sample({ x, offset, mask, axes: [rows, columns], offsetGroups }: Deformed, image: number, at: number, sampled: Numbers): void {
  const c = x.shape[1] ?? 0;
  const [area, pixels] = [rows.kernel * columns.kernel, rows.out * columns.out];
  const top = Math.floor(at / columns.out) * rows.stride - rows.before;
  const left = (at % columns.out) * columns.stride - columns.before;
  for (let k = 0; k < sampled.length; k++) {
    const [channel, tap] = [Math.floor(k / area), k % area];
    const moved = (image * offsetGroups + Math.floor(channel / (c / offsetGroups))) * area + tap;
    const y = top + Math.floor(tap / columns.kernel) * rows.dilation + offset.data[2 * moved * pixels + at]!;
    const column = left + (tap % columns.kernel) * columns.dilation + offset.data[(2 * moved + 1) * pixels + at]!;
    const weight = mask ? mask.data[moved * pixels + at]! : 1;
    sampled[k] = weight * bilinear(x.data, (image * c + channel) * rows.size * columns.size, rows.size, columns.size, y, column);
  }
}

/** Zeros outside. */
function bilinear(data: Numbers, map: number, h: number, w: number, y: number, x: number): number {
  if (!(y > -1 && y < h && x > -1 && x < w)) return 0;
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [fy, fx] = [y - top, x - left];
  const pixel = (row: number, column: number): number => (row >= 0 && row < h && column >= 0 && column < w ? data[map + row * w + column]! : 0);
  return (1 - fy) * ((1 - fx) * pixel(top, left) + fx * pixel(top, left + 1)) + fy * ((1 - fx) * pixel(top + 1, left) + fx * pixel(top + 1, left + 1));
}

export const deformOps: HostOps = { DeformConv: deformConv };
