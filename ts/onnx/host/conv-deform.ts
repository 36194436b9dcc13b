import { ShapeError } from '../../errors.js';
import { showShape } from '../../tensor/tensor.js';
import { allocate, size } from '../tensors.js';
import { required } from './op.js';
import type { HostOp, HostOps } from './op.js';
import { rounded } from './types.js';
import { eachPosition, windowAxes } from './window.js';

/** A convolution whose taps are moved by offsets of their own (Dai et al. 2017, arXiv 1703.06211), and weighted by a mask. */
const deformConv: HostOp = (context) => {
  const [x, w, offset] = [required(context, 0), required(context, 1), required(context, 2)];
  const [bias, mask] = [context.inputs[3], context.inputs[4]];
  const { attributes } = context;
  const [n = 0, c = 0, h = 0, width = 0] = x.shape;
  const [oc = 0, cg = 0, kh = 0, kw = 0] = w.shape;
  if (x.shape.length !== 4) throw new ShapeError(`expected [N, C, H, W], got ${showShape(x.shape)}`);
  const groups = attributes.int('group', 1);
  const offsetGroups = attributes.int('offset_group', 1);
  const [ay, ax] = windowAxes(attributes, [h, width], [kh, kw]);
  const [oh, ow] = [ay!.out, ax!.out];
  const [area, pixels] = [kh * kw, oh * ow];
  const data = allocate(x.dtype, n * oc * pixels);
  const sampled = new Float64Array(c * area);
  eachPosition([n, oh, ow], (_, [image, py, px]) => {
    const at = py! * ow + px!;
    for (let k = 0; k < c * area; k++) {
      const [channel, tap] = [Math.floor(k / area), k % area];
      const group = Math.floor(channel / (c / offsetGroups));
      const first = (image! * offsetGroups + group) * area;
      const dy = offset.data[((first + tap) * 2) * pixels + at]!;
      const dx = offset.data[((first + tap) * 2 + 1) * pixels + at]!;
      const y = py! * ay!.stride - ay!.before + Math.floor(tap / kw) * ay!.dilation + dy;
      const column = px! * ax!.stride - ax!.before + (tap % kw) * ax!.dilation + dx;
      const weight = mask ? mask.data[(first + tap) * pixels + at]! : 1;
      sampled[k] = weight * bilinear(x.data, (image! * c + channel) * h * width, h, width, y, column);
    }
    for (let o = 0; o < oc; o++) {
      const start = Math.floor(o / (oc / groups)) * cg * area;
      let sum = bias?.data[o] ?? 0;
      for (let k = 0; k < cg * area; k++) sum += sampled[start + k]! * w.data[o * cg * area + k]!;
      data[(image! * oc + o) * pixels + at] = sum;
    }
  });
  return [rounded({ dtype: x.dtype, shape: [n, oc, oh, ow], data })];
};

/** Zeros outside. */
function bilinear(data: ArrayLike<number>, map: number, h: number, w: number, y: number, x: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [fy, fx] = [y - top, x - left];
  const pixel = (row: number, column: number): number => (row >= 0 && row < h && column >= 0 && column < w ? data[map + row * w + column]! : 0);
  return (1 - fy) * ((1 - fx) * pixel(top, left) + fx * pixel(top, left + 1)) + fy * ((1 - fx) * pixel(top + 1, left) + fx * pixel(top + 1, left + 1));
}

/** Blocks that overlap, summed: what im2col takes apart. [N, C * block, L] to [N, C, ...]. */
const col2Im: HostOp = (context) => {
  const x = required(context, 0);
  const shape = Array.from(required(context, 1).data);
  const block = Array.from(required(context, 2).data);
  const { attributes } = context;
  const ones = shape.map(() => 1);
  const [strides, dilations] = [attributes.ints('strides', ones), attributes.ints('dilations', ones)];
  const pads = attributes.ints('pads', [...shape, ...shape].map(() => 0));
  const [n = 0, rows = 0, columns = 0] = x.shape;
  const area = size(block);
  const positions = shape.map((dim, d) => Math.floor((dim + pads[d]! + pads[shape.length + d]! - dilations[d]! * (block[d]! - 1) - 1) / strides[d]!) + 1);
  if (rows % area !== 0 || size(positions) !== columns) throw new ShapeError(`${showShape(x.shape)} is not made of ${columns} blocks of ${block.join(' x ')}`);
  const c = rows / area;
  const pixels = size(shape);
  const sums = new Float64Array(n * c * pixels);
  eachPosition(block, (tap, offsets) => {
    eachPosition(positions, (column, position) => {
      let at = 0;
      for (let d = 0; d < shape.length; d++) {
        const index = position[d]! * strides[d]! + offsets[d]! * dilations[d]! - pads[d]!;
        if (index < 0 || index >= shape[d]!) return;
        at = at * shape[d]! + index;
      }
      for (let map = 0; map < n * c; map++) sums[map * pixels + at]! += x.data[(map * area + tap) * columns + column]!;
    });
  });
  const data = allocate(x.dtype, sums.length);
  for (let i = 0; i < data.length; i++) data[i] = sums[i]!;
  return [rounded({ dtype: x.dtype, shape: [n, c, ...shape], data })];
};

export const deformOps: HostOps = { Col2Im: col2Im, DeformConv: deformConv };
