import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { numbersOf, required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { COORDINATES, NEAREST, simpleNearest, tapsAt } from '../lib/taps.js';
import type { AxisPlan, Settings } from '../lib/taps.js';
import { stridesOf } from '../../../tensor/shape.js';
import { axisOf } from '../../form/axis.js';
import { isFloat, rangeOf, rounded } from '../lib/types.js';

/** Resizes one axis. */
function along(x: HostTensor, axis: number, plan: AxisPlan, settings: Settings, extrapolation: number): HostTensor {
  const shape = x.shape.map((dim, i) => (i === axis ? plan.to : dim));
  const inner = stridesOf(x.shape)[axis]!;
  const outer = size(x.shape.slice(0, axis));
  const data = allocate('float64', size(shape));
  for (let at = 0; at < plan.to; at++) {
    const taps = tapsAt(at, plan, settings);
    for (let o = 0; o < outer; o++) {
      const to = (o * plan.to + at) * inner;
      if (!taps) {
        data.fill(extrapolation, to, to + inner);
        continue;
      }
      for (let t = 0; t < taps.indices.length; t++) {
        const from = (o * plan.from + taps.indices[t]!) * inner;
        const weight = taps.weights[t]!;
        for (let i = 0; i < inner; i++) data[to + i]! += weight * x.data[from + i]!;
      }
    }
  }
  return { dtype: 'float64', shape, data };
}

/**
 * An interpolated number as an integer: cut off between two pixels, rounded between more. Where it misses an integer by less
 * than a float32 can tell, it is that integer.
 */
function whole(value: number, { mode, antialias }: Settings): number {
  if (mode === 'nearest') return value;
  if (mode === 'cubic' || antialias) return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
  return Math.trunc(Math.abs(value) < 2 ** 22 ? Math.fround(value) : value);
}

/** Axis by axis; integers stay in the range of their type. */
function apply(x: HostTensor, plans: readonly AxisPlan[], settings: Settings, extrapolation = 0): HostTensor {
  const shape = plans.map((plan) => plan.to);
  const data = allocate(x.dtype, size(shape));
  if (data.length === 0) return { dtype: x.dtype, shape, data };
  let result: HostTensor = x;
  // What shrinks comes first, so that nothing in between is larger than input or output.
  const order = plans.map((plan, axis) => ({ plan, axis })).sort((a, b) => a.plan.to / a.plan.from - b.plan.to / b.plan.from);
  for (const { plan, axis } of order) {
    const unchanged = plan.from === plan.to && plan.scale === 1 && !settings.crops;
    if (!unchanged) result = along(result, axis, plan, settings, extrapolation);
  }
  const float = isFloat(x.dtype);
  const [least, most] = rangeOf(x.dtype);
  for (let i = 0; i < data.length; i++) {
    const value = result.data[i]!;
    data[i] = float ? value : Math.max(least, Math.min(most, whole(value, settings)));
  }
  return rounded({ dtype: x.dtype, shape, data });
}

function scaledAxis(from: number, scale: number, roi: readonly [number, number] = [0, 1]): AxisPlan {
  if (!(scale > 0 && Number.isFinite(scale))) wrong('scales', 'finite scales of more than 0', String(scale), { as: FormatError });
  const length = Math.fround(from * scale);
  return { from, to: Math.floor(length), scale, length, roi };
}

function sizedAxis(from: number, to: number, roi: readonly [number, number]): AxisPlan {
  if (!(Number.isInteger(to) && to >= 0)) wrong('sizes', 'whole sizes from 0 on', String(to), { as: FormatError });
  if (from === 0 && to > 0) wrong('sizes', '0 for an axis without elements', String(to), { as: ShapeError });
  return { from, to, scale: from === to ? 1 : Math.fround(to / from), length: to, roi };
}

/** Where the aspect ratio is kept all axes are scaled by as much as one of them asks for. */
function keptRatio(policy: string, from: readonly number[], sizes: readonly number[]): number | undefined {
  const ratios = sizes.map((wanted, i) => wanted / from[i]!);
  switch (policy) {
    case 'stretch':
      return undefined;
    case 'not_larger':
      return Math.min(...ratios);
    case 'not_smaller':
      return Math.max(...ratios);
    default:
      wrong('keep_aspect_ratio_policy', 'stretch, not_larger or not_smaller', policy, { as: FormatError });
  }
}

function keptAxis(from: number, ratio: number, roi: readonly [number, number]): AxisPlan {
  const to = Math.floor(from * ratio + 0.5);
  if (!(to >= 0 && Number.isFinite(to))) throw new FormatError(`sizes scale an axis of ${from} by ${ratio}`, { place: 'sizes' });
  return { from, to, scale: Math.fround(ratio), length: from * ratio, roi };
}

/** What `sizes`, or else `scales`, say of every axis. */
function plansOf(context: HostContext, x: HostTensor, crops: boolean): AxisPlan[] {
  const { attributes, opset } = context;
  const rank = x.shape.length;
  const axes = attributes.ints('axes', x.shape.map((_, axis) => axis)).map((axis) => axisOf(axis, rank));
  const input = (index: number): number[] => (opset < 11 ? undefined : numbersOf(context, index)) ?? [];
  const scales = (opset < 11 ? numbersOf(context, 1) : input(2)) ?? [];
  const [roi, sizes] = [input(1), input(3)];
  if ((sizes.length === 0 ? scales : sizes).length !== axes.length) {
    wrong('scales', `scales or sizes for ${axes.length} axes`, `${scales.length} and ${sizes.length}`, { as: ShapeError });
  }
  if (crops && roi.length !== 2 * axes.length) {
    wrong('roi', `${2 * axes.length} numbers`, String(roi.length), { as: ShapeError });
  }
  const common = keptRatio(attributes.string('keep_aspect_ratio_policy', 'stretch'), axes.map((axis) => x.shape[axis]!), sizes);
  return x.shape.map((from, axis): AxisPlan => {
    const i = axes.indexOf(axis);
    if (i < 0) return scaledAxis(from, 1);
    const part = [roi[i] ?? 0, roi[axes.length + i] ?? 1] as const;
    if (sizes.length === 0) return scaledAxis(from, scales[i]!, part);
    return common === undefined ? sizedAxis(from, sizes[i]!, part) : keptAxis(from, common, part);
  });
}

function named<Value>(table: Readonly<Record<string, Value>>, name: string, place: string): Value {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  wrong(place, `one of ${Object.keys(table).join(', ')}`, name, { as: FormatError });
}

const MODES = { nearest: 'nearest', linear: 'linear', bilinear: 'linear', cubic: 'cubic' } as const;

const resize: Compute = (context) => {
  const x = required(context, 0);
  const { attributes, opset } = context;
  const old = opset < 11;
  const transformation = old ? 'asymmetric' : attributes.string('coordinate_transformation_mode', 'half_pixel');
  const crops = transformation === 'tf_crop_and_resize';
  const settings: Settings = {
    mode: named(MODES, attributes.string('mode', 'nearest'), 'mode'),
    coordinates: named(COORDINATES, transformation, 'coordinate_transformation_mode'),
    nearest: old ? simpleNearest : named(NEAREST, attributes.string('nearest_mode', 'round_prefer_floor'), 'nearest_mode'),
    crops,
    antialias: attributes.int('antialias', 0) !== 0,
    excludeOutside: attributes.int('exclude_outside', 0) !== 0,
    cubic: attributes.float('cubic_coeff_a', -0.75),
  };
  return [apply(x, plansOf(context, x, crops), settings, attributes.float('extrapolation_value', 0))];
};

/** Scales were two attributes in opset 1, one in opset 7, and are an input from opset 9 on. */
function upsampleScales(context: HostContext): readonly number[] {
  const { attributes } = context;
  if (attributes.has('height_scale')) return [1, 1, attributes.float('height_scale'), attributes.float('width_scale')];
  return attributes.has('scales') ? attributes.floats('scales') : (numbersOf(context, 1) ?? []);
}

const upsample: Compute = (context) => {
  const x = required(context, 0);
  const scales = upsampleScales(context);
  if (scales.length !== x.shape.length) wrong('scales', `${x.shape.length} scales, one for each axis`, String(scales.length), { as: ShapeError });
  const settings: Settings = {
    mode: named(MODES, context.attributes.string('mode', 'nearest'), 'mode'),
    coordinates: COORDINATES['asymmetric']!,
    nearest: simpleNearest,
    crops: false,
    antialias: false,
    excludeOutside: false,
    cubic: -0.75,
  };
  return [apply(x, x.shape.map((from, axis) => scaledAxis(from, scales[axis]!)), settings)];
};

export const resizeOps: HostOps = { Resize: resize, Upsample: upsample };
