import { ShapeError, UnsupportedError } from '../../../base/errors.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../read/tensors.js';
import type { HostTensor, Numbers } from '../../read/types.js';
import { checkKernel, checkedList, expectShape, groupsOf, perAxis, windowAxes } from '../lib/window.js';
import type { Axis } from '../lib/window.js';
import { numbersOf, required } from '../lib/op.js';
import type { HostContext, HostOp, HostOps } from '../lib/op.js';
import { rounded } from '../lib/types.js';
import { eachPosition } from '../lib/shapes.js';

interface Deformed {
  readonly x: HostTensor;
  readonly offset: HostTensor;
  readonly mask: HostTensor | undefined;
  /** Rows, then columns. */
  readonly axes: readonly [Axis, Axis];
  readonly offsetGroups: number;
}

/** A convolution whose taps are moved by offsets of their own (Dai et al. 2017, arXiv 1703.06211), and weighted by a mask. */
const deformConv: HostOp = (context) => {
  const [x, w] = [required(context, 0), required(context, 1)];
  if (x.shape.length !== 4 || w.shape.length !== 4) throw new UnsupportedError(`expected [N, C, H, W], got ${showShape(x.shape)} and ${showShape(w.shape)}`);
  const [n, c, h, width] = x.shape as [number, number, number, number];
  const [oc, cg, kh, kw] = w.shape as [number, number, number, number];
  const groups = groupsOf(context, 'group', c, oc);
  const offsetGroups = groupsOf(context, 'offset_group', c);
  if (c !== cg * groups) throw new ShapeError(`filters ${showShape(w.shape)} in ${groups} groups for ${showShape(x.shape)}`, { place: 'input 1' });
  checkKernel(context, [kh, kw]);
  const axes = windowAxes(context.attributes, [h, width], [kh, kw]) as [Axis, Axis];
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

interface Blocks {
  readonly shape: readonly number[];
  readonly block: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  /** Of blocks, along each axis. */
  readonly positions: readonly number[];
}

function blocksOf(context: HostContext): Blocks {
  const { attributes } = context;
  required(context, 1);
  required(context, 2);
  const shape = numbersOf(context, 1) ?? [];
  const rank = shape.length;
  const block = checkedList('block_shape', numbersOf(context, 2) ?? [], rank, 1);
  const strides = perAxis(attributes, 'strides', rank, 1, 1);
  const dilations = perAxis(attributes, 'dilations', rank, 1, 1);
  const pads = perAxis(attributes, 'pads', 2 * rank, 0);
  const positions = shape.map((dim, d) => Math.floor((dim + pads[d]! + pads[rank + d]! - dilations[d]! * (block[d]! - 1) - 1) / strides[d]!) + 1);
  return { shape, block, strides, dilations, pads, positions };
}

/** Blocks that overlap, summed: what im2col takes apart. [N, C * block, L] to [N, C, ...]. */
const col2Im: HostOp = (context) => {
  const x = required(context, 0);
  const blocks = blocksOf(context);
  const { shape, block, positions } = blocks;
  const [n = 0, rows = 0, columns = 0] = x.shape;
  const area = size(block);
  if (x.shape.length !== 3 || rows % area !== 0 || size(positions) !== columns) {
    const expected = `[N, C x ${area}, ${size(positions)}]`;
    throw new ShapeError(`${showShape(x.shape)} is not ${expected}, blocks of ${block.join(' x ')} over ${shape.join(' x ')}`, {
      place: 'input 0',
      expected,
      got: showShape(x.shape),
    });
  }
  const whole = [n, rows / area, ...shape];
  const sums = allocate('float64', size(whole));
  if (x.data.length > 0) scatterBlocks(x, blocks, n * (rows / area), sums);
  const data = allocate(x.dtype, sums.length);
  for (let i = 0; i < data.length; i++) data[i] = sums[i]!;
  return [rounded({ dtype: x.dtype, shape: whole, data })];
};

function scatterBlocks(x: HostTensor, { shape, block, strides, dilations, pads, positions }: Blocks, maps: number, sums: Numbers): void {
  const [area, columns, pixels] = [size(block), size(positions), size(shape)];
  eachPosition(block, (tap, offsets) => {
    eachPosition(positions, (column, position) => {
      let at = 0;
      for (let d = 0; d < shape.length; d++) {
        const index = position[d]! * strides[d]! + offsets[d]! * dilations[d]! - pads[d]!;
        if (index < 0 || index >= shape[d]!) return;
        at = at * shape[d]! + index;
      }
      for (let map = 0; map < maps; map++) sums[map * pixels + at]! += x.data[(map * area + tap) * columns + column]!;
    });
  });
}

export const deformOps: HostOps = { Col2Im: col2Im, DeformConv: deformConv };
