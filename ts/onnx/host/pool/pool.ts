import { ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, Numbers } from '../../form/types.js';
import { eachTap, mapsOf } from '../lib/window.js';
import { windowAxes } from '../../form/window.js';
import type { WindowAxis } from '../../form/window.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { maxRoiPool, maxUnpool } from './indexed.js';
import { isFloat, rangeOf, rounded } from '../lib/types.js';
import { eachPosition } from '../lib/walk.js';

/** Pixels of one map that a window sees. The array is used again for the next window: only the first `count` are meant. */
interface Inside {
  readonly pixels: readonly number[];
  readonly count: number;
  /** Taps of the window that lie in the input or its padding. */
  readonly padded: number;
}

/**
 * Pools [N, C, ...] by a function of each window.
 * @param window - is given the start of a map, the window, where the result goes, and how many results there are
 */
function pooled(context: HostContext, x: HostTensor, window: (map: number, inside: Inside, index: number, results: number) => number): HostTensor {
  const { n, c, spatial } = mapsOf(x);
  const axes = windowAxes(context.attributes, spatial, context.attributes.ints('kernel_shape'));
  const out = axes.map((axis) => axis.out);
  const [area, places] = [size(spatial), size(out)];
  const shape = [n, c, ...out];
  const data = allocate(x.dtype, size(shape));
  const pixels: number[] = [];
  if (data.length > 0) {
    eachPosition(out, (index, position) => {
      let count = 0;
      eachTap(axes, position, (_, pixel) => (pixels[count++] = pixel));
      const inside = { pixels, count, padded: paddedTaps(axes, position) };
      for (let map = 0; map < n * c; map++) data[map * places + index] = window(map * area, inside, map * places + index, data.length);
    });
  }
  return rounded({ dtype: x.dtype, shape, data });
}

/** What `ceil_mode` adds behind the padding does not count. */
function paddedTaps(axes: readonly WindowAxis[], position: readonly number[]): number {
  return axes.reduce((product, { kernel, stride, dilation, size: length, before, after }, d) => {
    const room = length + before + after - position[d]! * stride;
    return product * Math.min(kernel, Math.ceil(room / dilation));
  }, 1);
}

/** The largest, and where it is: as a place in the whole input, maps stored by columns if `storage_order` is 1. */
const maxPool: Compute = (context) => {
  const x = required(context, 0);
  const columnMajor = context.attributes.int('storage_order', 0) !== 0;
  const spatial = x.shape.slice(2);
  const least = isFloat(x.dtype) ? -Infinity : rangeOf(x.dtype)[0];
  const wantsPlaces = context.outputCount > 1;
  let places: Numbers = allocate('int64', 0);
  const y = pooled(context, x, (map, { pixels, count }, index, results) => {
    if (count === 0) {
      if (wantsPlaces) wrong('pads', 'an element in each window, of which to take the largest', 'one of padding alone', { as: ShapeError });
      return least;
    }
    let best = pixels[0]!;
    for (let i = 1; i < count; i++) {
      const [value, most] = [x.data[map + pixels[i]!]!, x.data[map + best]!];
      if (value > most || (Number.isNaN(value) && !Number.isNaN(most))) best = pixels[i]!;
    }
    if (wantsPlaces) {
      if (places.length === 0) places = allocate('int64', results);
      places[index] = map + (columnMajor ? turned(best, spatial) : best);
    }
    return x.data[map + best]!;
  });
  return wantsPlaces ? [y, { dtype: 'int64', shape: y.shape, data: places }] : [y];
};

/** The place of a pixel in a map that is stored by columns. */
function turned(pixel: number, spatial: readonly number[]): number {
  let [rest, place, unit] = [pixel, 0, size(spatial)];
  for (let d = spatial.length - 1; d >= 0; d--) {
    unit /= spatial[d]!;
    place += (rest % spatial[d]!) * unit;
    rest = Math.floor(rest / spatial[d]!);
  }
  return place;
}

/** With `count_include_pad` padding counts, too. */
export const averagePool: Compute = (context) => {
  const x = required(context, 0);
  const includePad = context.attributes.int('count_include_pad', 0) !== 0;
  const average = (map: number, { pixels, count, padded }: Inside): number => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += x.data[map + pixels[i]!]!;
    return count === 0 ? 0 : sum / (includePad ? padded : count);
  };
  return [pooled(context, x, average)];
};

/** Before opset 2 p was a float. */
function power({ attributes, opset }: HostContext): number {
  return opset < 2 ? attributes.float('p', 2) : attributes.int('p', 2);
}

const lpPool: Compute = (context) => {
  const x = required(context, 0);
  const p = power(context);
  const norm = (map: number, { pixels, count }: Inside): number => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += Math.abs(x.data[map + pixels[i]!]!) ** p;
    return sum ** (1 / p);
  };
  return [pooled(context, x, norm)];
};

function globalPool(of: (map: Numbers, context: HostContext) => number): Compute {
  return (context) => {
    const x = required(context, 0);
    const { n, c, spatial } = mapsOf(x, 2);
    const pixels = size(spatial);
    if (pixels === 0) wrong('input 0', 'maps with pixels', showShape(x.shape), { as: ShapeError });
    const data = allocate(x.dtype, size([n, c]));
    for (let map = 0; map < data.length; map++) data[map] = of(x.data.subarray(map * pixels, (map + 1) * pixels), context);
    return [rounded({ dtype: x.dtype, shape: [n, c, ...spatial.map(() => 1)], data })];
  };
}

function mean(values: Numbers): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function largest(values: Numbers): number {
  let most = -Infinity;
  for (const value of values) most = Math.max(most, value);
  return most;
}

function globalNorm(values: Numbers, context: HostContext): number {
  const p = power(context);
  let sum = 0;
  for (const value of values) sum += Math.abs(value) ** p;
  return sum ** (1 / p);
}

export const poolOps: HostOps = {
  AveragePool: averagePool,
  GlobalAveragePool: globalPool(mean),
  GlobalLpPool: globalPool(globalNorm),
  GlobalMaxPool: globalPool(largest),
  LpPool: lpPool,
  MaxPool: maxPool,
  MaxRoiPool: maxRoiPool,
  MaxUnpool: maxUnpool,
};
