import { FormatError, ShapeError, UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext } from '../lib/op.js';
import { rounded } from '../lib/types.js';

interface Settings {
  readonly height: number;
  readonly width: number;
  readonly scale: number;
  /** Half a pixel, or none before opset 16; then regions had at least one pixel, too. */
  readonly shift: number;
  readonly average: boolean;
  /** Samples along each side of a cell; 0 for one in each pixel. */
  readonly ratio: number;
}

function settingsOf({ attributes, opset }: HostContext): Settings {
  const choice = (name: string, otherwise: string, other: string): boolean => {
    const value = attributes.string(name, otherwise);
    if (value === otherwise || value === other) return value === otherwise;
    wrong(name, `${otherwise} or ${other}`, value, { as: FormatError });
  };
  const count = (name: string, otherwise: number, least: number): number => {
    const value = attributes.int(name, otherwise);
    if (value >= least) return value;
    wrong(name, `at least ${least}`, String(value), { as: FormatError });
  };
  return {
    height: count('output_height', 1, 1),
    width: count('output_width', 1, 1),
    scale: attributes.float('spatial_scale', 1),
    shift: opset >= 16 && choice('coordinate_transformation_mode', 'half_pixel', 'output_half_pixel') ? 0.5 : 0,
    average: choice('mode', 'avg', 'max'),
    ratio: count('sampling_ratio', 0, 0),
  };
}

/** One side of a region. */
interface Side {
  readonly start: number;
  readonly cell: number;
  readonly samples: number;
}

/** A cell of more samples than this is a mistake, and would take for ever. */
const MAX_SAMPLES = 2 ** 21;

function sideOf(from: number, to: number, cells: number, { scale, shift, ratio }: Settings): Side {
  const start = from * scale - shift;
  const extent = to * scale - shift - start;
  const cell = (shift === 0 ? Math.max(extent, 1) : extent) / cells;
  return { start, cell, samples: ratio > 0 ? ratio : Math.max(0, Math.ceil(cell)) };
}

function checkSamples(rows: Side, columns: Side): void {
  const samples = Math.max(1, rows.samples) * Math.max(1, columns.samples);
  // Neither is it a number where a corner is none.
  if (samples <= MAX_SAMPLES) return;
  wrong('rois', `at most ${MAX_SAMPLES} samples for a cell`, String(samples), { as: UnsupportedError });
}

/** The four pixels around each sample of a cell, with their weights; outside of the map all weights are 0. */
interface Samples {
  readonly pixels: number[];
  readonly weights: number[];
}

/** The pixel before a point, the one behind it, and how much of that counts. */
function between(at: number, length: number): readonly [number, number, number] {
  const clipped = Math.max(0, at);
  const first = Math.min(length - 1, Math.floor(clipped));
  return first === length - 1 ? [first, first, 0] : [first, first + 1, clipped - first];
}

function samplesOf(rows: Side, columns: Side, py: number, px: number, h: number, w: number): Samples {
  const result: Samples = { pixels: [], weights: [] };
  for (let sy = 0; sy < rows.samples; sy++) {
    const y = rows.start + (py + (sy + 0.5) / rows.samples) * rows.cell;
    for (let sx = 0; sx < columns.samples; sx++) {
      const x = columns.start + (px + (sx + 0.5) / columns.samples) * columns.cell;
      const inside = y >= -1 && y <= h && x >= -1 && x <= w;
      const [top, bottom, fy] = between(inside ? y : 0, h);
      const [left, right, fx] = between(inside ? x : 0, w);
      const part = inside ? 1 : 0;
      result.pixels.push(top * w + left, top * w + right, bottom * w + left, bottom * w + right);
      result.weights.push((1 - fy) * (1 - fx) * part, (1 - fy) * fx * part, fy * (1 - fx) * part, fy * fx * part);
    }
  }
  return result;
}

/** The mean of the samples; or the largest term of all their sums, as ONNX has it. */
function pooled(data: HostTensor['data'], map: number, { pixels, weights }: Samples, average: boolean): number {
  if (pixels.length === 0) return 0;
  let [sum, most] = [0, -Infinity];
  for (let t = 0; t < pixels.length; t++) {
    const term = weights[t]! === 0 ? 0 : weights[t]! * data[map + pixels[t]!]!;
    sum += term;
    most = Math.max(most, term);
  }
  return average ? sum / (pixels.length / 4) : most;
}

function check(x: HostTensor, rois: HostTensor, images: HostTensor): void {
  if (x.shape.length !== 4 || size(x.shape.slice(2)) === 0) {
    wrong('X', '[N, C, H, W] with pixels', showShape(x.shape), { as: ShapeError });
  }
  if (rois.shape.length !== 2 || rois.shape[1] !== 4 || images.data.length !== rois.shape[0]) {
    wrong('rois', `a region for each of ${images.data.length} batch_indices`, showShape(rois.shape), { as: ShapeError });
  }
  const odd = images.data.find((image) => !(image >= 0 && image < x.shape[0]!));
  if (odd !== undefined) wrong('batch_indices', `indices of ${x.shape[0]} images`, String(odd), { as: FormatError });
}

/** Bilinear samples of each cell of a grid over each region, averaged or their largest (He et al. 2017, arXiv 1703.06870). */
export const roiAlign: Compute = (context) => {
  const [x, rois, images] = [required(context, 0), required(context, 1), required(context, 2)];
  check(x, rois, images);
  const settings = settingsOf(context);
  const { height, width, average } = settings;
  const [, c = 0, h = 0, w = 0] = x.shape;
  const shape = [images.data.length, c, height, width];
  const data = allocate(x.dtype, size(shape));
  if (data.length === 0) return [{ dtype: x.dtype, shape, data }];
  for (let r = 0; r < images.data.length; r++) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = rois.data.subarray(r * 4, r * 4 + 4);
    const [rows, columns] = [sideOf(y1, y2, height, settings), sideOf(x1, x2, width, settings)];
    checkSamples(rows, columns);
    for (let cell = 0; cell < height * width; cell++) {
      const samples = samplesOf(rows, columns, Math.floor(cell / width), cell % width, h, w);
      for (let channel = 0; channel < c; channel++) {
        const map = (images.data[r]! * c + channel) * h * w;
        data[(r * c + channel) * height * width + cell] = pooled(x.data, map, samples, average);
      }
    }
  }
  return [rounded({ dtype: x.dtype, shape, data })];
};
