import { axisOf } from '../../onnx/form/axis.js';
import type { LowerContext, Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { reshapeOp } from './op.js';
import { count, fromEnd } from '../../tensor/shape.js';

/** Any operator that only gives the elements another shape: `shape` says which. */
function reshape(shapeOf: (context: LowerContext, shape: readonly number[]) => readonly number[] | undefined): Lowering {
  return (context) => {
    const from = context.shape(0);
    const to = shapeOf(context, from);
    if (!to || to.includes(0) || from.includes(0)) return undefined;
    return [context.apply(reshapeOp({ shape: to }), [context.value(0)])];
  };
}

function resolveShape(context: LowerContext, from: readonly number[]): readonly number[] | undefined {
  const wanted = context.attributes.intsOr('shape', context.constant(1)?.tensor());
  if (!wanted) return undefined;
  const zeroIsZero = context.attributes.int('allowzero', 0) !== 0;
  const shape = wanted.map((dim, i) => (dim === 0 && !zeroIsZero ? (from[i] ?? 0) : dim));
  const known = count(shape.filter((dim) => dim !== -1));
  const total = count(from);
  const full = shape.map((dim) => (dim === -1 ? total / known : dim));
  // What does not fit is left to the host, which says why.
  return full.every((dim) => Number.isInteger(dim)) && count(full) === total ? full : undefined;
}

function flattened({ attributes }: LowerContext, from: readonly number[]): readonly number[] {
  const at = fromEnd(attributes.int('axis', 1), from.length);
  return [count(from.slice(0, at)), count(from.slice(at))];
}

function squeezed(context: LowerContext, from: readonly number[]): readonly number[] | undefined {
  if (context.has(1) && !context.constant(1)) return undefined;
  const axes = context.attributes.intsOr('axes', context.constant(1)?.tensor())?.map((axis) => axisOf(axis, from.length));
  const dropped = axes ?? from.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  return dropped.every((axis) => from[axis] === 1) ? from.filter((_, axis) => !dropped.includes(axis)) : undefined;
}

function unsqueezed(context: LowerContext, from: readonly number[]): readonly number[] | undefined {
  const axes = context.attributes.intsOr('axes', context.constant(1)?.tensor());
  if (!axes) return undefined;
  const rank = from.length + axes.length;
  const added = axes.map((axis) => axisOf(axis, rank));
  if (new Set(added).size !== axes.length) return undefined;
  const rest = [...from];
  return Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : (rest.shift() ?? 1)));
}

export const reshapeLowerings: Lowerings = {
  Flatten: reshape(flattened),
  Reshape: reshape(resolveShape),
  Squeeze: reshape(squeezed),
  Unsqueeze: reshape(unsqueezed),
};
