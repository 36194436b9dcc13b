import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { roundEven } from '../elementwise/elementwise.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { cubicWeights } from '../../form/taps.js';
import { roiAlign } from './roi.js';
import { rounded } from '../lib/types.js';
import { eachPosition } from '../lib/walk.js';

/** Brings an index that lies outside back in, or says that nothing is there (-1). */
type Outside = (at: number, length: number, low: number, high: number) => number;

const within = (at: number, length: number): number => Math.max(0, Math.min(length - 1, at));

const OUTSIDE: Readonly<Record<string, Outside>> = {
  zeros: (at, length) => (at >= 0 && at < length ? at : -1),
  border: within,
  reflection: (at, length, low, high) => within(Math.round(reflected(at, low, high)), length),
};

function reflected(at: number, low: number, high: number): number {
  const range = high - low;
  if (range <= 0) return low;
  const folded = (((at - low) % (2 * range)) + 2 * range) % (2 * range);
  return low + (folded < range ? folded : 2 * range - folded);
}

/** Indices and weights of an interpolation along an axis. */
type Line = readonly (readonly [index: number, weight: number])[];

function interpolation(mode: string, at: number): Line {
  if (mode === 'nearest') return [[roundEven(at), 1]];
  const floor = Math.floor(at);
  const rest = at - floor;
  if (mode === 'cubic') return cubicWeights(rest, -0.75).map((weight, k) => [floor - 1 + k, weight] as const);
  return [
    [floor, 1 - rest],
    [floor + 1, rest],
  ];
}

/** Names of opset 16 and of opset 20. */
const MODES: Readonly<Record<string, string>> = { bilinear: 'linear', linear: 'linear', nearest: 'nearest', bicubic: 'cubic', cubic: 'cubic' };

function named<Value>(table: Readonly<Record<string, Value>>, name: string, place: string): Value {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  wrong(place, `one of ${Object.keys(table).join(', ')}`, name, { as: FormatError });
}

/** Gives what lies along an axis of so many elements at a coordinate from -1 to 1. */
function sampler({ attributes }: HostContext): (coordinate: number, length: number) => Line {
  const mode = named(MODES, attributes.string('mode', 'linear'), 'mode');
  const padding = attributes.string('padding_mode', 'zeros');
  const outside = named(OUTSIDE, padding, 'padding_mode');
  const aligned = attributes.int('align_corners', 0) !== 0;
  return (coordinate, length) => {
    const [low, high] = aligned ? [0, length - 1] : [-0.5, length - 0.5];
    let at = aligned ? ((coordinate + 1) / 2) * (length - 1) : ((coordinate + 1) * length - 1) / 2;
    // Cubic interpolation brings in each of its pixels, the others the point itself.
    if (padding === 'border' && mode !== 'cubic') at = within(at, length);
    if (padding === 'reflection' && mode !== 'cubic') at = within(reflected(at, low, high), length);
    return interpolation(mode, at).map(([index, weight]) => [outside(index, length, low, high), weight] as const);
  };
}

/** Pixels of a map and their weights. */
interface Taps {
  readonly pixels: number[];
  readonly weights: number[];
}

function cross(lines: readonly Line[], spatial: readonly number[]): Taps {
  const taps: Taps = { pixels: [], weights: [] };
  const step = (d: number, pixel: number, weight: number): void => {
    if (d === lines.length) {
      taps.pixels.push(pixel);
      taps.weights.push(weight);
      return;
    }
    for (const [index, w] of lines[d]!) if (index >= 0 && w !== 0) step(d + 1, pixel * spatial[d]! + index, weight * w);
  };
  step(0, 0, 1);
  return taps;
}

function checkGrid(x: HostTensor, grid: HostTensor): void {
  const rank = x.shape.length - 2;
  const fits = rank >= 1 && grid.shape.length === rank + 2 && grid.shape.at(-1) === rank && grid.shape[0] === x.shape[0];
  if (!fits) wrong('grid', `a grid for ${showShape(x.shape)}`, showShape(grid.shape), { as: ShapeError });
  if (size(x.shape.slice(2)) === 0) wrong('X', 'pixels to sample', showShape(x.shape), { as: ShapeError });
}

/** x [N, C, ...] at the places a grid [N, ..., dimensions] of coordinates from -1 to 1 names (Jaderberg et al. 2015). */
const gridSample: Compute = (context) => {
  const [x, grid] = [required(context, 0), required(context, 1)];
  checkGrid(x, grid);
  const [n = 0, c = 0, ...spatial] = x.shape;
  const out = grid.shape.slice(1, -1);
  const rank = spatial.length;
  const [pixels, count] = [size(spatial), size(out)];
  const line = sampler(context);
  const data = allocate(x.dtype, size([n, c, ...out]));
  for (let at = 0; at < n * count; at++) {
    // The grid has x first, maps have it last.
    const { pixels: places, weights } = cross(spatial.map((length, d) => line(grid.data[at * rank + (rank - 1 - d)]!, length)), spatial);
    const image = Math.floor(at / count);
    for (let channel = image * c; channel < (image + 1) * c; channel++) {
      let sum = 0;
      for (let t = 0; t < places.length; t++) sum += weights[t]! * x.data[channel * pixels + places[t]!]!;
      data[channel * count + (at % count)] = sum;
    }
  }
  return [rounded({ dtype: x.dtype, shape: [n, c, ...out], data })];
};

/** Coordinates from -1 to 1 of pixels, between whose centres or edges the map reaches. */
function regular(length: number, aligned: boolean): Float64Array {
  return Float64Array.from({ length }, (_, at) => (aligned ? (2 * at) / Math.max(1, length - 1) - 1 : (2 * at + 1) / length - 1));
}

/** The grid that an affine map [N, d, d + 1] makes of a regular one. */
const affineGrid: Compute = (context) => {
  const theta = required(context, 0);
  const wanted = Array.from(required(context, 1).data);
  const [n = 0, , ...spatial] = wanted;
  const rank = spatial.length;
  const expected = [n, rank, rank + 1];
  if (rank < 1 || theta.shape.join() !== expected.join()) {
    wrong('theta', `${showShape(expected)} for a grid of ${showShape(wanted)}`, showShape(theta.shape), { as: ShapeError });
  }
  const aligned = context.attributes.int('align_corners', 0) !== 0;
  const data = allocate(theta.dtype, size([n, ...spatial, rank]));
  if (data.length === 0) return [{ dtype: theta.dtype, shape: [n, ...spatial, rank], data }];
  const coordinates = spatial.map((length) => regular(length, aligned));
  eachPosition([n, ...spatial], (index, at) => {
    for (let row = 0; row < rank; row++) {
      const start = (at[0]! * rank + row) * (rank + 1);
      let sum = theta.data[start + rank]!;
      for (let d = 0; d < rank; d++) sum += theta.data[start + rank - 1 - d]! * coordinates[d]![at[d + 1]!]!;
      data[index * rank + row] = sum;
    }
  });
  return [rounded({ dtype: theta.dtype, shape: [n, ...spatial, rank], data })];
};

export const samplingOps: HostOps = { AffineGrid: affineGrid, GridSample: gridSample, RoiAlign: roiAlign };
