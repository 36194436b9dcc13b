import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { expectShape, mapsOf } from '../lib/window.js';
import { checkedList, windowOf } from '../../form/window.js';
import { numbersOf, required } from '../lib/op.js';
import type { Compute } from '../lib/op.js';

/** Values put back where max pooling took them from; zeros elsewhere. */
export const maxUnpool: Compute = (context) => {
  const x = required(context, 0);
  const { n, c, spatial } = mapsOf(x);
  const indices = expectShape(required(context, 1), x.shape, 'input 1');
  const kernel = checkedList('kernel_shape', context.attributes.ints('kernel_shape'), spatial.length, 1);
  const { strides, pads } = windowOf(context.attributes, kernel);
  const own = [n, c, ...spatial.map((dim, i) => (dim - 1) * strides[i]! + kernel[i]! - pads[i]! - pads[spatial.length + i]!)];
  const shape = numbersOf(context, 2) ?? own;
  if (shape.length !== own.length || shape[0] !== n || shape[1] !== c) {
    wrong('input 2', `an output_shape for ${showShape(x.shape)}`, showShape(shape), { as: ShapeError });
  }
  const data = allocate(x.dtype, size(shape));
  // Indices count in the shape that follows from the window, which may be smaller than the one asked for.
  const [small, large] = [size(own.slice(2)), size(shape.slice(2))];
  for (let i = 0; i < x.data.length; i++) {
    const index = indices.data[i]!;
    const at = index >= 0 && index < n * c * small ? relocated(index % small, own.slice(2), shape.slice(2)) : -1;
    if (at < 0) wrong('input 1', `an index in ${showShape(own)} and in ${showShape(shape)}`, String(index), { as: FormatError });
    data[Math.floor(index / small) * large + at] = x.data[i]!;
  }
  return [{ dtype: x.dtype, shape, data }];
};

/** The place in a map of shape `to` of the pixel at `place` in a map of shape `from`; -1 if there is no such pixel. */
function relocated(place: number, from: readonly number[], to: readonly number[]): number {
  let [rest, at, unit] = [place, 0, 1];
  for (let d = from.length - 1; d >= 0; d--) {
    const position = rest % from[d]!;
    if (position >= to[d]!) return -1;
    at += position * unit;
    unit *= to[d]!;
    rest = Math.floor(rest / from[d]!);
  }
  return at;
}

interface Roi {
  readonly image: number;
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** A region in pixels: both corners belong to it. */
function roiOf(rois: HostTensor, index: number, scale: number, images: number): Roi {
  const [image, x1, y1, x2, y2] = rois.data.subarray(index * 5, index * 5 + 5) as Iterable<number> as [number, number, number, number, number];
  if (!(Number.isInteger(image) && image >= 0 && image < images)) {
    wrong('input 1', `regions of ${images} images`, `region ${index} of image ${image}`, { as: FormatError });
  }
  const [left, top, right, bottom] = [x1, y1, x2, y2].map((corner) => Math.round(corner * scale)) as [number, number, number, number];
  if (![left, top, right, bottom].every(Number.isFinite)) wrong('input 1', 'finite regions', `region ${index}, which is not`, { as: FormatError });
  return { image, top, left, height: Math.max(1, bottom - top + 1), width: Math.max(1, right - left + 1) };
}

/** The pixels of cell `i` of so many that divide `length` pixels from `start` on, cut to the `most` there are. */
function cell(i: number, cells: number, length: number, start: number, most: number): readonly [first: number, end: number] {
  const cut = (at: number): number => Math.max(0, Math.min(most, start + at));
  return [cut(Math.floor((i * length) / cells)), cut(Math.ceil(((i + 1) * length) / cells))];
}

/** The largest of each cell of a grid over each region (Girshick 2015, arXiv 1504.08083); 0 for a cell outside. */
export const maxRoiPool: Compute = (context) => {
  const [x, rois] = [required(context, 0), required(context, 1)];
  if (x.shape.length !== 4) wrong('input 0', '[N, C, H, W]', showShape(x.shape), { as: ShapeError });
  const [n, c, h, w] = x.shape as [number, number, number, number];
  expectShape(rois, [rois.shape[0] ?? 0, 5], 'input 1');
  const [ph, pw] = checkedList('pooled_shape', context.attributes.ints('pooled_shape'), 2, 1) as [number, number];
  const scale = context.attributes.float('spatial_scale', 1);
  const shape = [rois.shape[0] ?? 0, c, ph, pw];
  const data = allocate(x.dtype, size(shape));
  const count = data.length / (c * ph * pw);
  for (let r = 0; r < count; r++) {
    const { image, top, left, height, width } = roiOf(rois, r, scale, n);
    for (let i = 0; i < c * ph * pw; i++) {
      const map = (image * c + Math.floor(i / (ph * pw))) * h;
      const [firstRow, endRow] = cell(Math.floor(i / pw) % ph, ph, height, top, h);
      const [firstColumn, endColumn] = cell(i % pw, pw, width, left, w);
      let most = firstRow < endRow && firstColumn < endColumn ? -Infinity : 0;
      for (let row = firstRow; row < endRow; row++) {
        for (let column = firstColumn; column < endColumn; column++) most = Math.max(most, x.data[(map + row) * w + column]!);
      }
      data[r * c * ph * pw + i] = most;
    }
  }
  return [{ dtype: x.dtype, shape, data }];
};
