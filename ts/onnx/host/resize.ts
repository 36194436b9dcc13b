import { FormatError, ShapeError } from '../../errors.js';
import { allocate, size } from '../tensors.js';
import type { HostTensor } from '../types.js';
import { numbersOf, required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { axisOf, stridesOf } from './shapes.js';
import { rounded } from './types.js';

/** What is done along one axis. */
interface AxisPlan {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** Part of the axis that is looked at, as fractions of it. */
  readonly roi: readonly [number, number];
}

/** Where an output index lies in the input. */
type Coordinates = (at: number, plan: AxisPlan) => number;

const COORDINATES: Readonly<Record<string, Coordinates>> = {
  asymmetric: (at, { scale }) => at / scale,
  half_pixel: (at, { scale }) => (at + 0.5) / scale - 0.5,
  pytorch_half_pixel: (at, { scale, to }) => (to > 1 ? (at + 0.5) / scale - 0.5 : 0),
  // By the length that is asked for, before it is rounded down to whole pixels.
  align_corners: (at, { from, to, scale }) => (to > 1 ? (at * (from - 1)) / (scale * from - 1) : 0),
  tf_half_pixel_for_nn: (at, { scale }) => (at + 0.5) / scale,
  half_pixel_symmetric: (at, { scale, from, to }) => {
    // The image stays centred where sizes were rounded.
    const shift = (from / 2) * (1 - to / (scale * from));
    return shift + (at + 0.5) / scale - 0.5;
  },
  tf_crop_and_resize: (at, { from, to, roi: [start, end] }) =>
    to > 1 ? start * (from - 1) + (at * (end - start) * (from - 1)) / (to - 1) : 0.5 * (start + end) * (from - 1),
};

const NEAREST: Readonly<Record<string, (at: number) => number>> = {
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Weights of the four pixels around a point, `rest` behind the second (Keys 1981). */
export function cubicWeights(rest: number, a: number): number[] {
  const near = (t: number): number => ((a + 2) * t - (a + 3)) * t * t + 1;
  const far = (t: number): number => ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return [far(rest + 1), near(rest), near(1 - rest), far(2 - rest)];
}

interface Kernel {
  /** How far it reaches to either side. */
  readonly reach: number;
  weight(distance: number): number;
}

function kernelOf(mode: string, a: number): Kernel {
  if (mode === 'linear') return { reach: 1, weight: (d) => Math.max(0, 1 - Math.abs(d)) };
  if (mode !== 'cubic') throw new FormatError(`mode: there is no ${mode}`, { place: 'mode', got: mode });
  const weight = (d: number): number => {
    const t = Math.abs(d);
    if (t >= 2) return 0;
    return t <= 1 ? ((a + 2) * t - (a + 3)) * t * t + 1 : ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  };
  return { reach: 2, weight };
}

/** Input indices and weights of an output index; none where it lies outside and is extrapolated. */
type Taps = readonly (readonly [index: number, weight: number])[] | undefined;

interface Settings {
  readonly mode: string;
  readonly coordinates: Coordinates;
  readonly nearest: (at: number) => number;
  readonly crops: boolean;
  readonly antialias: boolean;
  readonly excludeOutside: boolean;
  readonly cubic: number;
}

function tapsAt(at: number, plan: AxisPlan, settings: Settings): Taps {
  const x = settings.coordinates(at, plan);
  const last = plan.from - 1;
  if (settings.crops && (x < 0 || x > last)) return undefined;
  if (settings.mode === 'nearest') return [[Math.max(0, Math.min(last, settings.nearest(x))), 1]];
  const kernel = kernelOf(settings.mode, settings.cubic);
  // When shrinking with antialias the kernel is as wide as the pixels that fall together.
  const stretch = settings.antialias ? Math.max(1, 1 / plan.scale) : 1;
  const reach = kernel.reach * stretch;
  const taps: [number, number][] = [];
  for (let index = Math.floor(x - reach) + 1; index <= Math.ceil(x + reach) - 1 || taps.length === 0; index++) {
    const weight = kernel.weight((index - x) / stretch);
    const inside = index >= 0 && index <= last;
    if (inside || !settings.excludeOutside) taps.push([Math.max(0, Math.min(last, index)), weight]);
    else if (index > last && taps.length === 0) taps.push([last, 1]);
  }
  const normalise = settings.antialias || settings.excludeOutside;
  const total = taps.reduce((sum, [, weight]) => sum + weight, 0);
  return normalise ? taps.map(([index, weight]) => [index, weight / total] as const) : taps;
}

/** Resizes one axis. */
function along(x: HostTensor, axis: number, plan: AxisPlan, settings: Settings, extrapolation: number): HostTensor {
  const shape = x.shape.map((dim, i) => (i === axis ? plan.to : dim));
  const inner = stridesOf(x.shape)[axis]!;
  const outer = size(x.shape.slice(0, axis));
  const data = allocate('float64', size(shape));
  for (let at = 0; at < plan.to; at++) {
    const taps = tapsAt(at, plan, settings);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let sum = taps ? 0 : extrapolation;
        if (taps) for (const [index, weight] of taps) sum += weight * x.data[(o * plan.from + index) * inner + i]!;
        data[(o * plan.to + at) * inner + i] = sum;
      }
    }
  }
  return { dtype: 'float64', shape, data };
}

/** Sizes and scales of every axis. */
function plansOf(context: HostContext, x: HostTensor): AxisPlan[] {
  const { attributes, opset } = context;
  const rank = x.shape.length;
  const axes = attributes.ints('axes', x.shape.map((_, axis) => axis)).map((axis) => axisOf(axis, rank));
  const scales = numbersOf(context, opset < 11 ? 1 : 2) ?? [];
  const sizes = opset < 11 ? [] : (numbersOf(context, 3) ?? []);
  const roi = opset < 11 ? [] : (numbersOf(context, 1) ?? []);
  if ((sizes.length === 0 ? scales : sizes).length !== axes.length) {
    throw new ShapeError(`${scales.length} scales and ${sizes.length} sizes for ${axes.length} axes`, { place: 'scales' });
  }
  const policy = attributes.string('keep_aspect_ratio_policy', 'stretch');
  const ratios = sizes.map((wanted, i) => wanted / x.shape[axes[i]!]!);
  const common = policy === 'stretch' ? undefined : policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return x.shape.map((from, axis): AxisPlan => {
    const i = axes.indexOf(axis);
    if (i < 0) return { from, to: from, scale: 1, roi: [0, 1] };
    const scale = sizes.length === 0 ? scales[i]! : (common ?? ratios[i]!);
    const to = sizes.length === 0 ? Math.floor(from * scale) : common === undefined ? sizes[i]! : Math.floor(from * scale + 0.5);
    if (!(to >= 0) || !(scale > 0)) throw new FormatError(`axis ${axis} of ${from} scaled by ${scale}`, { place: 'scales' });
    return { from, to, scale, roi: [roi[i] ?? 0, roi[axes.length + i] ?? 1] };
  });
}

function named<Value>(table: Readonly<Record<string, Value>>, name: string, place: string): Value {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  throw new FormatError(`${place}: there is no ${name}`, { place, got: name });
}

function apply(x: HostTensor, plans: readonly AxisPlan[], settings: Settings, extrapolation = 0): HostTensor {
  let result: HostTensor = x;
  plans.forEach((plan, axis) => {
    const unchanged = plan.from === plan.to && plan.scale === 1 && !settings.crops;
    if (!unchanged) result = along(result, axis, plan, settings, extrapolation);
  });
  const data = allocate(x.dtype, result.data.length);
  for (let i = 0; i < data.length; i++) data[i] = result.data[i]!;
  return rounded({ dtype: x.dtype, shape: result.shape, data });
}

const resize: HostOp = (context) => {
  const x = required(context, 0);
  const { attributes, opset } = context;
  const transformation = attributes.string('coordinate_transformation_mode', opset < 11 ? 'asymmetric' : 'half_pixel');
  const settings: Settings = {
    mode: attributes.string('mode', 'nearest'),
    coordinates: named(COORDINATES, transformation, 'coordinate_transformation_mode'),
    nearest: named(NEAREST, attributes.string('nearest_mode', opset < 11 ? 'floor' : 'round_prefer_floor'), 'nearest_mode'),
    crops: transformation === 'tf_crop_and_resize',
    antialias: attributes.int('antialias', 0) !== 0,
    excludeOutside: attributes.int('exclude_outside', 0) !== 0,
    cubic: attributes.float('cubic_coeff_a', -0.75),
  };
  return [apply(x, plansOf(context, x), settings, attributes.float('extrapolation_value', 0))];
};

const upsample: HostOp = (context) => {
  const x = required(context, 0);
  const { attributes } = context;
  const own = attributes.has('height_scale') ? [1, 1, attributes.float('height_scale'), attributes.float('width_scale')] : undefined;
  const scales = own ?? (attributes.has('scales') ? attributes.floats('scales') : (numbersOf(context, 1) ?? []));
  if (scales.length !== x.shape.length) throw new ShapeError(`${scales.length} scales for ${x.shape.length} axes`, { place: 'scales' });
  const plans = x.shape.map((from, axis): AxisPlan => ({ from, to: Math.floor(from * scales[axis]!), scale: scales[axis]!, roi: [0, 1] }));
  const asked = attributes.string('mode', 'nearest');
  const mode = asked === 'bilinear' ? 'linear' : asked;
  const settings: Settings = { mode, coordinates: COORDINATES['asymmetric']!, nearest: Math.floor, crops: false, antialias: false, excludeOutside: false, cubic: -0.75 };
  return [apply(x, plans, settings)];
};

export const resizeOps: HostOps = { Resize: resize, Upsample: upsample };
