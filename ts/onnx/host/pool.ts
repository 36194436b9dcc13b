import { FormatError, ShapeError } from '../../errors.js';
import { allocate, size } from '../tensors.js';
import type { HostTensor } from '../types.js';
import { required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { rounded } from './types.js';
import { eachPosition, eachTap, tapsOf, windowAxes } from './window.js';
import type { Axis } from './window.js';

/** A pooling of [N, C, ...] by a function of each window: its taps are pixels of one map that starts at `map`. */
function pooled(context: HostContext, x: HostTensor, window: (map: number, pixels: readonly number[], position: readonly number[], axes: readonly Axis[]) => number): { axes: Axis[]; y: HostTensor } {
  const [n = 0, c = 0, ...spatial] = x.shape;
  const axes = windowAxes(context.attributes, spatial, context.attributes.ints('kernel_shape'));
  const out = axes.map((axis) => axis.out);
  const [pixels, count] = [size(spatial), size(out)];
  const tables = axes.map(tapsOf);
  const data = allocate(x.dtype, n * c * count);
  eachPosition(out, (index, position) => {
    const inside: number[] = [];
    eachTap(axes, tables, position, (_, pixel) => inside.push(pixel));
    for (let map = 0; map < n * c; map++) data[map * count + index] = window(map * pixels, inside, position, axes);
  });
  return { axes, y: rounded({ dtype: x.dtype, shape: [n, c, ...out], data }) };
}

const maxPool: HostOp = (context) => {
  const x = required(context, 0);
  const columnMajor = context.attributes.int('storage_order', 0) !== 0;
  const spatial = x.shape.slice(2);
  const pixels = size(spatial);
  const places: number[][] = [];
  const { y } = pooled(context, x, (map, inside) => {
    let best = -1;
    for (const pixel of inside) {
      const value = x.data[map + pixel]!;
      if (best < 0 || value > x.data[map + best]! || Number.isNaN(value)) best = pixel;
    }
    (places[map / pixels] ??= []).push(map + (columnMajor ? turned(best, spatial) : best));
    return best < 0 ? -Infinity : x.data[map + best]!;
  });
  if (context.outputCount < 2) return [y];
  return [y, { dtype: 'int64', shape: y.shape, data: Float64Array.from(places.flat()) }];
};

/** The place of a pixel in a map that is stored by columns. */
function turned(pixel: number, spatial: readonly number[]): number {
  let [rest, place] = [pixel, 0];
  const position = spatial.map(() => 0);
  for (let d = spatial.length - 1; d >= 0; d--) {
    position[d] = rest % spatial[d]!;
    rest = Math.floor(rest / spatial[d]!);
  }
  for (let d = spatial.length - 1; d >= 0; d--) place = place * spatial[d]! + position[d]!;
  return place;
}

/** With `count_include_pad` padding counts, but not what `ceil_mode` adds behind it. */
const averagePool: HostOp = (context) => {
  const x = required(context, 0);
  const includePad = context.attributes.int('count_include_pad', 0) !== 0;
  const { y } = pooled(context, x, (map, inside, position, axes) => {
    const sum = inside.reduce((total, pixel) => total + x.data[map + pixel]!, 0);
    return sum / (includePad ? paddedTaps(axes, position) : inside.length);
  });
  return [y];
};

function paddedTaps(axes: readonly Axis[], position: readonly number[]): number {
  return axes.reduce((product, { kernel, stride, dilation, size: length, before, after }, d) => {
    const start = position[d]! * stride;
    const room = length + before + after - start;
    return product * Math.min(kernel, Math.ceil(room / dilation));
  }, 1);
}

function norm(values: Iterable<number>, p: number): number {
  let sum = 0;
  for (const value of values) sum += Math.abs(value) ** p;
  return sum ** (1 / p);
}

/** Before opset 2 p was a float. */
function power({ attributes, opset }: HostContext): number {
  return opset < 2 ? attributes.float('p', 2) : attributes.int('p', 2);
}

const lpPool: HostOp = (context) => {
  const x = required(context, 0);
  return [pooled(context, x, (map, inside) => norm(inside.map((pixel) => x.data[map + pixel]!), power(context))).y];
};

function globalPool(of: (map: HostTensor['data'], context: HostContext) => number): HostOp {
  return (context) => {
    const x = required(context, 0);
    const [n = 0, c = 0, ...spatial] = x.shape;
    const pixels = size(spatial);
    const data = allocate(x.dtype, n * c);
    for (let map = 0; map < n * c; map++) data[map] = of(x.data.subarray(map * pixels, (map + 1) * pixels), context);
    return [rounded({ dtype: x.dtype, shape: [n, c, ...spatial.map(() => 1)], data })];
  };
}

function total(values: HostTensor['data']): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function largest(values: HostTensor['data']): number {
  let most = -Infinity;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** Values put back where max pooling took them from; zeros elsewhere. */
const maxUnpool: HostOp = (context) => {
  const [x, indices] = [required(context, 0), required(context, 1)];
  const { attributes } = context;
  const [n = 0, c = 0, ...spatial] = x.shape;
  const kernel = attributes.ints('kernel_shape');
  const strides = attributes.ints('strides', spatial.map(() => 1));
  const pads = attributes.ints('pads', [...spatial, ...spatial].map(() => 0));
  const own = [n, c, ...spatial.map((dim, i) => (dim - 1) * strides[i]! + kernel[i]! - pads[i]! - pads[spatial.length + i]!)];
  const shape = context.inputs[2] ? Array.from(context.inputs[2].data) : own;
  if (shape.length !== own.length) throw new ShapeError(`output_shape has ${shape.length} dimensions, expected ${own.length}`);
  const data = allocate(x.dtype, size(shape));
  // Indices count in the shape that follows from the window, which may be smaller than the one asked for.
  const [small, large] = [size(own.slice(2)), size(shape.slice(2))];
  for (let i = 0; i < x.data.length; i++) {
    const index = indices.data[i]!;
    if (!(index >= 0 && index < n * c * small)) throw new FormatError(`index ${index} of ${n * c * small}`, { place: 'I' });
    let [rest, at, unit] = [index % small, 0, 1];
    for (let d = spatial.length - 1; d >= 0; d--) {
      at += (rest % own[d + 2]!) * unit;
      unit *= shape[d + 2]!;
      rest = Math.floor(rest / own[d + 2]!);
    }
    data[Math.floor(index / small) * large + at] = x.data[i]!;
  }
  return [{ dtype: x.dtype, shape, data }];
};

/** The largest of each cell of a grid over each region (Girshick 2015, arXiv 1504.08083). */
const maxRoiPool: HostOp = (context) => {
  const [x, rois] = [required(context, 0), required(context, 1)];
  const [, c = 0, h = 0, w = 0] = x.shape;
  const [ph = 1, pw = 1] = context.attributes.ints('pooled_shape');
  const scale = context.attributes.float('spatial_scale', 1);
  const count = rois.shape[0] ?? 0;
  const data = allocate(x.dtype, count * c * ph * pw);
  for (let r = 0; r < count; r++) {
    const [image = 0, ...corners] = rois.data.subarray(r * 5, r * 5 + 5);
    const [x1, y1, x2, y2] = corners.map((corner) => Math.round(corner * scale)) as [number, number, number, number];
    const [height, width] = [Math.max(1, y2 - y1 + 1), Math.max(1, x2 - x1 + 1)];
    const cell = (i: number, cells: number, length: number, start: number, most: number): [number, number] => [
      Math.max(0, Math.min(most, start + Math.floor((i * length) / cells))),
      Math.max(0, Math.min(most, start + Math.ceil(((i + 1) * length) / cells))),
    ];
    for (let i = 0; i < c * ph * pw; i++) {
      const [channel, py, px] = [Math.floor(i / (ph * pw)), Math.floor(i / pw) % ph, i % pw];
      const [top, bottom] = cell(py, ph, height, y1, h);
      const [left, right] = cell(px, pw, width, x1, w);
      let most = top < bottom && left < right ? -Infinity : 0;
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) most = Math.max(most, x.data[((image * c + channel) * h + row) * w + column]!);
      }
      data[r * c * ph * pw + i] = most;
    }
  }
  return [{ dtype: x.dtype, shape: [count, c, ph, pw], data }];
};

export const poolOps: HostOps = {
  AveragePool: averagePool,
  GlobalAveragePool: globalPool((map) => total(map) / map.length),
  GlobalLpPool: globalPool((map, context) => norm(map, power(context))),
  GlobalMaxPool: globalPool(largest),
  LpPool: lpPool,
  MaxPool: maxPool,
  MaxRoiPool: maxRoiPool,
  MaxUnpool: maxUnpool,
};
