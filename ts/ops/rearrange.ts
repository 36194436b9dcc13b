import * as steps from '../contract/steps.js';
import type { EmitContext, Placed } from '../graph/op.js';
import { NHWC_ORDER, physicalShape } from './layout.js';

/** Elements of an input from one index to the next, for each dimension of the output as it is written down; negative ones go backwards. */
export interface Moves {
  readonly strides: readonly number[];
  /** The element of the input that is the first of the output. */
  readonly first?: number;
}

/** Adds the step that writes `y` by moving through `x`. */
export function rearrange(context: EmitContext, x: Placed, y: Placed, { strides, first = 0 }: Moves): void {
  const order = y.layout === 'nhwc' ? NHWC_ORDER : strides.map((_, axis) => axis);
  const inOrder = strides.length === 0 ? [0] : order.map((axis) => strides[axis] ?? 0);
  rearrangeRows(context, x, y, { dims: physicalShape(y), strides: inOrder, first });
}

/** The same with dimensions that only the step has: `y` has their product of elements, in this order. */
export function rearrangeRows(context: EmitContext, x: Placed, y: Placed, { dims, strides, first = 0 }: Moves & { readonly dims: readonly number[] }): void {
  const [forth, back] = [strides.map((stride) => Math.max(stride, 0)), strides.map((stride) => Math.max(-stride, 0))];
  context.step(steps.rearrange({ x: x.id, y: y.id, len: x.shape.reduce((a, b) => a * b, 1), first, dims, forth, back }));
}
