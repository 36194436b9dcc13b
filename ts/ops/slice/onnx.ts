import { MAX_RANK } from '../../contract/limits.js';
import { axisOf } from '../../onnx/form/axis.js';
import type { LowerContext, Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { sliceExtent } from '../../onnx/form/slices.js';
import { reshapeOp } from '../reshape/op.js';
import { stridedSliceOp } from '../strided-slice/op.js';
import { sliceOp } from './op.js';

/** A list that is an attribute or a constant input; undefined where it is computed when the model runs. */
function listOf(context: LowerContext, name: string, input: number, otherwise?: readonly number[]): readonly number[] | undefined {
  if (context.has(input) && !context.constant(input)) return undefined;
  return context.attributes.intsOr(name, context.constant(input)?.tensor()) ?? otherwise;
}

const slice: Lowering = (context) => {
  const from = context.shape(0);
  const [starts, ends] = [listOf(context, 'starts', 1), listOf(context, 'ends', 2)];
  const axes = listOf(context, 'axes', 3, starts?.map((_, i) => i))?.map((axis) => axisOf(axis, from.length));
  const steps = listOf(context, 'steps', 4, starts?.map(() => 1));
  // What does not fit is left to the host, which says why.
  if (!starts || !ends || !axes || !steps || [ends, axes, steps].some(({ length }) => length !== starts.length)) return undefined;
  if (from.length > MAX_RANK || new Set(axes).size !== axes.length) return undefined;
  const extents = from.map((dim, axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? { first: 0, count: dim, step: 1 } : { ...sliceExtent(dim, starts[at]!, ends[at]!, steps[at]!), step: steps[at]! };
  });
  if (extents.some(({ count }) => count < 1)) return undefined;
  const cut = extents.flatMap(({ first, count, step }, axis) => (first === 0 && count === from[axis] && step === 1 ? [] : [axis]));
  const [dim, ...others] = cut;
  if (dim === undefined) return [context.apply(reshapeOp({ shape: from }), [context.value(0)])];
  const { first, count, step } = extents[dim]!;
  const op = others.length === 0 && step === 1
    ? sliceOp({ dim, start: first, length: count })
    : stridedSliceOp({ starts: extents.map((one) => one.first), steps: extents.map((one) => (one.count === 1 ? 1 : one.step)), sizes: extents.map((one) => one.count) });
  return [context.apply(op, [context.value(0)])];
};

const split: Lowering = (context) => {
  const { attributes, outputPlaces } = context;
  const from = context.shape(0);
  const dim = axisOf(attributes.int('axis', 0), from.length);
  const total = from[dim] ?? 0;
  const parts = attributes.int('num_outputs', outputPlaces);
  const each = Math.ceil(total / parts);
  const even = Array.from({ length: parts }, (_, i) => Math.min(each, total - i * each));
  const lengths = listOf(context, 'split', 1, attributes.has('num_outputs') || total % parts === 0 ? even : undefined);
  if (!lengths || lengths.some((length) => length < 1) || lengths.reduce((a, b) => a + b, 0) !== total || lengths.length < outputPlaces) return undefined;
  if (from.length > MAX_RANK) return undefined;
  let start = 0;
  return lengths.slice(0, outputPlaces).map((length) => {
    start += length;
    return context.apply(sliceOp({ dim, start: start - length, length }), [context.value(0)]);
  });
};

export const sliceLowerings: Lowerings = { Slice: slice, Split: split };
