import { stridesOf } from '../tensor/shape.js';
import type { Layout, Layouts, Placed } from '../graph/op.js';

/** For operators that take elements in the order of their dimensions. */
export const ROWS: Layouts = { reads: 'plain', writes: 'plain' };
/** For operators that take the channels of a pixel together. */
export const MAPS: Layouts = { reads: 'nhwc', writes: 'nhwc' };
/** For operators that work on any order, or ask each value for its own. */
export const ALIKE: Layouts = { reads: 'alike', writes: 'alike' };

/** Where the axes of [N, C, H, W] stand in [N, H, W, C]. */
const NHWC = [0, 3, 1, 2] as const;
/** The axes of [N, C, H, W] in the order in which a channels-last map stores them. */
export const NHWC_ORDER = [0, 2, 3, 1] as const;

/** The position of a logical axis in memory. */
export function physicalAxis(axis: number, layout: Layout): number {
  return layout === 'nhwc' ? (NHWC[axis] ?? axis) : axis;
}

/** The dimensions in the order in which they are stored; those of a number are [1], since steps have at least one. */
export function physicalShape({ shape, layout }: Pick<Placed, 'shape' | 'layout'>): number[] {
  if (shape.length === 0) return [1];
  return layout === 'nhwc' ? NHWC_ORDER.map((axis) => shape[axis] ?? 1) : [...shape];
}

/** Elements from one index to the next along each logical axis. */
export function logicalStrides(placed: Pick<Placed, 'shape' | 'layout'>): number[] {
  const strides = stridesOf(physicalShape(placed));
  return placed.shape.map((_, axis) => strides[physicalAxis(axis, placed.layout)] ?? 1);
}
