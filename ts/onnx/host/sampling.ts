import { FormatError, ShapeError } from '../../errors.js';
import { showShape } from '../../tensor/tensor.js';
import { allocate, size } from '../tensors.js';
import { required } from './op.js';
import type { HostOp, HostOps } from './op.js';
import { cubicWeights } from './resize-taps.js';
import { eachPosition } from './window.js';
import { rounded } from './types.js';
import { roundEven } from './elementwise.js';

/** Brings an index that lies outside back in, or says that nothing is there (-1). */
type Outside = (at: number, length: number, low: number, high: number) => number;

const OUTSIDE: Readonly<Record<string, Outside>> = {
  zeros: (at, length) => (at >= 0 && at < length ? at : -1),
  border: (at, length) => Math.max(0, Math.min(length - 1, at)),
  reflection: (at, length, low, high) => Math.max(0, Math.min(length - 1, Math.round(reflected(at, low, high)))),
};

function reflected(at: number, low: number, high: number): number {
  const range = high - low;
  if (range <= 0) return low;
  const folded = (((at - low) % (2 * range)) + 2 * range) % (2 * range);
  return low + (folded < range ? folded : 2 * range - folded);
}

/** Taps of an interpolation along an axis: index and weight. */
function taps(mode: string, at: number): (readonly [number, number])[] {
  if (mode === 'nearest') return [[roundEven(at), 1]];
  const floor = Math.floor(at);
  const rest = at - floor;
  if (mode === 'cubic') return cubicWeights(rest, -0.75).map((weight, k) => [floor - 1 + k, weight] as const);
  return [
    [floor, 1 - rest],
    [floor + 1, rest],
  ];
}

const MODES: Readonly<Record<string, string>> = { bilinear: 'linear', linear: 'linear', nearest: 'nearest', bicubic: 'cubic', cubic: 'cubic' };

/** x [N, C, ...] at the places a grid [N, ..., dimensions] of coordinates from -1 to 1 names (Jaderberg et al. 2015). */
const gridSample: HostOp = (context) => {
  const [x, grid] = [required(context, 0), required(context, 1)];
  const { attributes } = context;
  const asked = attributes.string('mode', 'linear');
  const mode = Object.hasOwn(MODES, asked) ? MODES[asked]! : undefined;
  const padding = attributes.string('padding_mode', 'zeros');
  const outside = Object.hasOwn(OUTSIDE, padding) ? OUTSIDE[padding] : undefined;
  if (mode === undefined || !outside) throw new FormatError(`there is no mode ${asked} with padding ${padding}`, { place: 'mode' });
  const aligned = attributes.int('align_corners', 0) !== 0;
  const [n = 0, c = 0, ...spatial] = x.shape;
  const out = grid.shape.slice(1, -1);
  const rank = spatial.length;
  if (out.length !== rank || grid.shape.at(-1) !== rank || grid.shape[0] !== n) throw new ShapeError(`grid ${showShape(grid.shape)} for ${showShape(x.shape)}`, { place: 'grid' });
  const [pixels, count] = [size(spatial), size(out)];
  const data = allocate(x.dtype, n * c * count);
  const bounds = spatial.map((length): [number, number] => (aligned ? [0, length - 1] : [-0.5, length - 0.5]));
  eachPosition([n, ...out], (index) => {
    // The grid has x first, maps have it last.
    const lines = spatial.map((length, d) => {
      const g = grid.data[index * rank + (rank - 1 - d)]!;
      let at = aligned ? ((g + 1) / 2) * (length - 1) : ((g + 1) * length - 1) / 2;
      const [low, high] = bounds[d]!;
      if (padding === 'border' && mode !== 'cubic') at = Math.max(0, Math.min(length - 1, at));
      if (padding === 'reflection' && mode !== 'cubic') at = Math.max(0, Math.min(length - 1, reflected(at, low, high)));
      return taps(mode, at).map(([tap, weight]) => [outside(tap, length, low, high), weight] as const);
    });
    const image = Math.floor(index / count);
    for (let channel = 0; channel < c; channel++) {
      const map = (image * c + channel) * pixels;
      data[map / pixels * count + (index % count)] = mixed(x.data, map, spatial, lines);
    }
  });
  return [rounded({ dtype: x.dtype, shape: [n, c, ...out], data })];
};

function mixed(data: ArrayLike<number>, map: number, spatial: readonly number[], lines: readonly (readonly (readonly [number, number])[])[]): number {
  const step = (d: number, at: number): number => {
    if (d === spatial.length) return data[map + at]!;
    let sum = 0;
    for (const [tap, weight] of lines[d]!) if (tap >= 0 && weight !== 0) sum += weight * step(d + 1, at * spatial[d]! + tap);
    return sum;
  };
  return step(0, 0);
}

/** The grid that an affine map [N, d, d + 1] makes of a regular one. */
const affineGrid: HostOp = (context) => {
  const theta = required(context, 0);
  const [n = 0, , ...spatial] = Array.from(required(context, 1).data);
  const rank = spatial.length;
  const aligned = context.attributes.int('align_corners', 0) !== 0;
  const data = allocate(theta.dtype, n * size(spatial) * rank);
  eachPosition([n, ...spatial], (index, [image, ...at]) => {
    const point = spatial.map((length, d) => (aligned ? (length === 1 ? 0 : (2 * at[d]!) / (length - 1) - 1) : (2 * at[d]! + 1) / length - 1)).reverse();
    for (let row = 0; row < rank; row++) {
      const start = (image! * rank + row) * (rank + 1);
      data[index * rank + row] = point.reduce((sum, value, k) => sum + theta.data[start + k]! * value, theta.data[start + rank]!);
    }
  });
  return [rounded({ dtype: theta.dtype, shape: [n, ...spatial, rank], data })];
};

/** Bilinear samples of each cell of a grid over each region, averaged or their largest (He et al. 2017, arXiv 1703.06870). */
const roiAlign: HostOp = (context) => {
  const [x, rois, images] = [required(context, 0), required(context, 1), required(context, 2)];
  const { attributes, opset } = context;
  const [, c = 0, h = 0, w = 0] = x.shape;
  const [oh, ow] = [attributes.int('output_height', 1), attributes.int('output_width', 1)];
  const scale = attributes.float('spatial_scale', 1);
  const shift = attributes.string('coordinate_transformation_mode', opset < 16 ? 'output_half_pixel' : 'half_pixel') === 'half_pixel' ? 0.5 : 0;
  const average = attributes.string('mode', 'avg') === 'avg';
  const count = rois.shape[0] ?? 0;
  const data = allocate(x.dtype, count * c * oh * ow);
  for (let r = 0; r < count; r++) {
    const [x1, y1, x2, y2] = Array.from(rois.data.subarray(r * 4, r * 4 + 4), (corner) => corner * scale - shift) as [number, number, number, number];
    const least = shift === 0 ? 1 : -Infinity;
    const [cellHeight, cellWidth] = [Math.max(y2 - y1, least) / oh, Math.max(x2 - x1, least) / ow];
    const ratio = attributes.int('sampling_ratio', 0);
    const [rows, columns] = ratio > 0 ? [ratio, ratio] : [Math.ceil(cellHeight), Math.ceil(cellWidth)];
    const map = images.data[r]! * c * h * w;
    for (let i = 0; i < c * oh * ow; i++) {
      const [channel, py, px] = [Math.floor(i / (oh * ow)), Math.floor(i / ow) % oh, i % ow];
      let [sum, most] = [0, -Infinity];
      for (let sy = 0; sy < rows; sy++) {
        for (let sx = 0; sx < columns; sx++) {
          const y = y1 + py * cellHeight + ((sy + 0.5) * cellHeight) / rows;
          const column = x1 + px * cellWidth + ((sx + 0.5) * cellWidth) / columns;
          const [total, largest] = bilinear(x.data, map + channel * h * w, h, w, y, column);
          sum += total;
          most = Math.max(most, largest);
        }
      }
      data[r * c * oh * ow + i] = average ? sum / Math.max(1, rows * columns) : most;
    }
  }
  return [rounded({ dtype: x.dtype, shape: [count, c, oh, ow], data })];
};

/** The interpolated value, and the largest of its four weighted terms, which is what the mode `max` takes. */
function bilinear(data: ArrayLike<number>, map: number, h: number, w: number, y: number, x: number): readonly [number, number] {
  if (y < -1 || y > h || x < -1 || x > w) return [0, 0];
  const [cy, cx] = [Math.max(0, y), Math.max(0, x)];
  const [top, left] = [Math.min(h - 1, Math.floor(cy)), Math.min(w - 1, Math.floor(cx))];
  const [bottom, right] = [Math.min(h - 1, top + 1), Math.min(w - 1, left + 1)];
  const [fy, fx] = [top === h - 1 ? 0 : cy - top, left === w - 1 ? 0 : cx - left];
  const terms = [
    (1 - fy) * (1 - fx) * data[map + top * w + left]!,
    (1 - fy) * fx * data[map + top * w + right]!,
    fy * (1 - fx) * data[map + bottom * w + left]!,
    fy * fx * data[map + bottom * w + right]!,
  ];
  return [terms.reduce((a, b) => a + b, 0), Math.max(...terms)];
}

export const samplingOps: HostOps = { AffineGrid: affineGrid, GridSample: gridSample, RoiAlign: roiAlign };
