import { FormatError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';

/** What is done along one axis. */
export interface AxisPlan {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** The length that is asked for, before it is rounded down to whole pixels. */
  readonly length: number;
  /** Part of the axis that is looked at, as fractions of it. */
  readonly roi: readonly [number, number];
}

export interface Settings {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  /** Where an output index lies in the input. */
  readonly coordinates: (at: number, plan: AxisPlan) => number;
  readonly nearest: (at: number, plan: AxisPlan) => number;
  /** Whether what lies outside is extrapolated. */
  readonly crops: boolean;
  readonly antialias: boolean;
  readonly excludeOutside: boolean;
  /** Coefficient a of the cubic kernel. */
  readonly cubic: number;
}

const f = Math.fround;

function halfPixel(at: number, { scale }: AxisPlan): number {
  return f(f(f(at + 0.5) / scale) - 0.5);
}

/** In float32, because with nearest pixels the last bit decides which one it is. */
export const COORDINATES: Readonly<Record<string, Settings['coordinates']>> = {
  asymmetric: (at, { scale }) => f(at / scale),
  half_pixel: halfPixel,
  pytorch_half_pixel: (at, plan) => (plan.to > 1 ? halfPixel(at, plan) : 0),
  align_corners: (at, { from, to, length }) => (to > 1 ? f(f(at * (from - 1)) / f(length - 1)) : 0),
  tf_half_pixel_for_nn: (at, { scale }) => f(f(at + 0.5) / scale),
  // The image stays centred where its size was rounded down.
  half_pixel_symmetric: (at, { from, to, scale, length }) => {
    const offset = f((from / 2) * f(1 - f(to / length)));
    return f(f(offset + f(f(at + 0.5) / scale)) - 0.5);
  },
  tf_crop_and_resize: (at, { from, to, roi: [start, end] }) => {
    if (to <= 1) return f(f(0.5 * f(start + end)) * (from - 1));
    return f(f(start * (from - 1)) + f(f(f(at * f(end - start)) * (from - 1)) / (to - 1)));
  },
};

export const NEAREST: Readonly<Record<string, Settings['nearest']>> = {
  round_prefer_floor: (at) => Math.ceil(f(at - 0.5)),
  round_prefer_ceil: (at) => Math.floor(f(at + 0.5)),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Before opset 11: towards the pixels that are not passed over when shrinking. */
export function simpleNearest(at: number, { scale }: AxisPlan): number {
  return scale < 1 ? Math.ceil(at) : Math.floor(at);
}

function cubicWeight(distance: number, a: number): number {
  const t = Math.abs(distance);
  if (t >= 2) return 0;
  return t <= 1 ? ((a + 2) * t - (a + 3)) * t * t + 1 : ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
}

/** Weights of the four pixels around a point, `rest` behind the second (Keys 1981). */
export function cubicWeights(rest: number, a: number): number[] {
  return [1 + rest, rest, 1 - rest, 2 - rest].map((distance) => cubicWeight(distance, a));
}

/** Input indices and weights of an output index. */
export interface Taps {
  readonly indices: readonly number[];
  readonly weights: readonly number[];
}

/** Nothing where the index lies outside and is extrapolated. */
export function tapsAt(at: number, plan: AxisPlan, settings: Settings): Taps | undefined {
  const x = settings.coordinates(at, plan);
  if (!Number.isFinite(x)) wrong('roi', 'a part of an axis', `[${plan.roi.join(', ')}]`, { as: FormatError });
  const last = plan.from - 1;
  if (settings.crops && (x < 0 || x > last)) return undefined;
  const inside = (index: number): number => Math.max(0, Math.min(last, index));
  if (settings.mode === 'nearest') return { indices: [inside(settings.nearest(x, plan))], weights: [1] };
  // When shrinking with antialias the kernel is as wide as the pixels that fall together.
  const stretch = settings.antialias ? Math.max(1, 1 / plan.scale) : 1;
  const reach = (settings.mode === 'linear' ? 1 : 2) * stretch;
  const [indices, weights]: [number[], number[]] = [[], []];
  let total = 0;
  for (let index = Math.floor(x - reach) + 1; index < x + reach; index++) {
    if (settings.excludeOutside && index !== inside(index)) continue;
    const distance = (index - x) / stretch;
    const weight = settings.mode === 'linear' ? Math.max(0, 1 - Math.abs(distance)) : cubicWeight(distance, settings.cubic);
    indices.push(inside(index));
    weights.push(weight);
    total += weight;
  }
  if (!settings.antialias && !settings.excludeOutside) return { indices, weights };
  return total === 0 ? { indices: [inside(Math.round(x))], weights: [1] } : { indices, weights: weights.map((weight) => weight / total) };
}
