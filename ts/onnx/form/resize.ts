import { FormatError, ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import type { Attributes } from './attributes.js';
import { axisOf } from './axis.js';
import { COORDINATES, NEAREST, simpleNearest } from './taps.js';
import type { AxisPlan, Settings } from './taps.js';

/** A node that resizes, with the numbers of its small inputs. */
export interface ResizeNode {
  readonly opset: number;
  readonly attributes: Attributes;
  /** Undefined for an input that is not there. */
  readonly numbers: (input: number) => readonly number[] | undefined;
}

/** What is done along every axis. */
export interface ResizeForm {
  readonly plans: readonly AxisPlan[];
  readonly settings: Settings;
  /** What lies outside, where that is not the nearest pixel. */
  readonly extrapolation: number;
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
function plansOf({ attributes, opset, numbers }: ResizeNode, shape: readonly number[], crops: boolean): AxisPlan[] {
  const rank = shape.length;
  const axes = attributes.ints('axes', shape.map((_, axis) => axis)).map((axis) => axisOf(axis, rank));
  const input = (index: number): readonly number[] => (opset < 11 ? undefined : numbers(index)) ?? [];
  const scales = (opset < 11 ? numbers(1) : input(2)) ?? [];
  const [roi, sizes] = [input(1), input(3)];
  if ((sizes.length === 0 ? scales : sizes).length !== axes.length) {
    wrong('scales', `scales or sizes for ${axes.length} axes`, `${scales.length} and ${sizes.length}`, { as: ShapeError });
  }
  if (crops && roi.length !== 2 * axes.length) {
    wrong('roi', `${2 * axes.length} numbers`, String(roi.length), { as: ShapeError });
  }
  const common = keptRatio(attributes.string('keep_aspect_ratio_policy', 'stretch'), axes.map((axis) => shape[axis]!), sizes);
  return shape.map((from, axis): AxisPlan => {
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

/** @throws FormatError or ShapeError for what no resize is */
export function resizeForm(node: ResizeNode, shape: readonly number[]): ResizeForm {
  const { attributes, opset } = node;
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
  return { plans: plansOf(node, shape, crops), settings, extrapolation: attributes.float('extrapolation_value', 0) };
}

/** Scales were two attributes in opset 1, one in opset 7, and are an input from opset 9 on. */
function upsampleScales({ attributes, numbers }: ResizeNode): readonly number[] {
  if (attributes.has('height_scale')) return [1, 1, attributes.float('height_scale'), attributes.float('width_scale')];
  return attributes.has('scales') ? attributes.floats('scales') : (numbers(1) ?? []);
}

/** The operator before Resize. @throws as `resizeForm` */
export function upsampleForm(node: ResizeNode, shape: readonly number[]): ResizeForm {
  const scales = upsampleScales(node);
  if (scales.length !== shape.length) wrong('scales', `${shape.length} scales, one for each axis`, String(scales.length), { as: ShapeError });
  const settings: Settings = {
    mode: named(MODES, node.attributes.string('mode', 'nearest'), 'mode'),
    coordinates: COORDINATES['asymmetric']!,
    nearest: simpleNearest,
    crops: false,
    antialias: false,
    excludeOutside: false,
    cubic: -0.75,
  };
  return { plans: shape.map((from, axis) => scaledAxis(from, scales[axis]!)), settings, extrapolation: 0 };
}

/** Whether an axis stays as it is. */
const isUnchanged = (plan: AxisPlan, { crops }: Settings): boolean => plan.from === plan.to && plan.scale === 1 && !crops;

/** Axes in the order in which they are resized: what shrinks comes first, so that nothing in between is larger than input or output. */
export function inOrder({ plans, settings }: ResizeForm): readonly { readonly plan: AxisPlan; readonly axis: number }[] {
  const changed = plans.map((plan, axis) => ({ plan, axis })).filter(({ plan }) => !isUnchanged(plan, settings));
  return changed.sort((a, b) => a.plan.to / a.plan.from - b.plan.to / b.plan.from);
}
