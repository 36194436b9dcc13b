import { MAX_RANK } from '../../contract/words.js';
import { identityOp } from '../../ops/flatten/op.js';
import { padOp } from '../../ops/pad/op.js';
import type { PadMode } from '../../ops/pad/op.js';
import { mapLayoutOp, reshapeOp } from '../../ops/reshape/op.js';
import { globalPool2dOp } from '../../ops/pool/op.js';
import { batchNorm2dOp, localResponseNormOp } from '../../ops/norm/op.js';
import { axisOf } from '../host/lib/shapes.js';
import type { Lowering, LowerContext, Lowerings } from './lowering.js';
import { isMap } from './window.js';

/** Any operator that only gives the elements another shape: `shape` says which. */
function reshape(shapeOf: (context: LowerContext, shape: readonly number[]) => readonly number[] | undefined): Lowering {
  return (context) => {
    const from = context.shape(0);
    const to = shapeOf(context, from);
    if (!to || to.includes(0) || from.includes(0)) return undefined;
    return [context.apply(reshapeOp({ shape: to }), [context.value(0)])];
  };
}

/** A list that is an attribute in old opsets and a constant input in new ones; undefined where it is not known. */
function listOf(context: LowerContext, name: string, input: number): readonly number[] | undefined {
  if (context.attributes.has(name)) return context.attributes.ints(name);
  const constant = context.constant(input);
  return constant && Array.from(constant.tensor().data);
}

function resolveShape(context: LowerContext, from: readonly number[]): readonly number[] | undefined {
  const wanted = listOf(context, 'shape', 1);
  if (!wanted) return undefined;
  const zeroIsZero = context.attributes.int('allowzero', 0) !== 0;
  const shape = wanted.map((dim, i) => (dim === 0 && !zeroIsZero ? (from[i] ?? 0) : dim));
  const known = shape.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  const total = from.reduce((product, dim) => product * dim, 1);
  const full = shape.map((dim) => (dim === -1 ? total / known : dim));
  // What does not fit is left to the host, which says why.
  return full.every((dim) => Number.isInteger(dim)) && full.reduce((a, b) => a * b, 1) === total ? full : undefined;
}

function flattened({ attributes }: LowerContext, from: readonly number[]): readonly number[] {
  const axis = attributes.int('axis', 1);
  const at = axis < 0 ? axis + from.length : axis;
  const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
  return [product(from.slice(0, at)), product(from.slice(at))];
}

function squeezed(context: LowerContext, from: readonly number[]): readonly number[] | undefined {
  if (context.has(1) && !context.constant(1)) return undefined;
  const axes = listOf(context, 'axes', 1)?.map((axis) => axisOf(axis, from.length));
  const dropped = axes ?? from.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  return dropped.every((axis) => from[axis] === 1) ? from.filter((_, axis) => !dropped.includes(axis)) : undefined;
}

function unsqueezed(context: LowerContext, from: readonly number[]): readonly number[] | undefined {
  const axes = listOf(context, 'axes', 1);
  if (!axes) return undefined;
  const rank = from.length + axes.length;
  const added = axes.map((axis) => axisOf(axis, rank));
  if (new Set(added).size !== axes.length) return undefined;
  const rest = [...from];
  return Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : (rest.shift() ?? 1)));
}

const identity: Lowering = (context) => [context.apply(identityOp({ name: 'identity' }), [context.value(0)])];

const dropout: Lowering = (context) => (context.has(2) ? undefined : identity(context));

const transpose: Lowering = (context) => {
  const from = context.shape(0);
  const perm = context.attributes.ints('perm', from.map((_, axis) => from.length - 1 - axis));
  if (from.includes(0)) return undefined;
  if (perm.join() === '0,2,3,1') return [context.apply(mapLayoutOp({ to: 'nhwc' }), [context.value(0)])];
  if (perm.join() === '0,3,1,2') return [context.apply(mapLayoutOp({ to: 'nchw' }), [context.value(0)])];
  // Only dimensions of 1 change their places: nothing moves.
  const moving = perm.filter((axis) => from[axis] !== 1);
  const inOrder = moving.every((axis, i) => i === 0 || axis > moving[i - 1]!);
  return inOrder ? [context.apply(reshapeOp({ shape: perm.map((axis) => from[axis] ?? 1) }), [context.value(0)])] : undefined;
};

const MODES: Readonly<Record<string, PadMode>> = { constant: 'constant', reflect: 'reflect', edge: 'replicate', wrap: 'circular' };

const pad: Lowering = (context) => {
  const from = context.shape(0);
  const mode = MODES[context.attributes.string('mode', 'constant')];
  const pads = listOf(context, context.attributes.has('paddings') ? 'paddings' : 'pads', 1);
  if (!mode || !pads || pads.length !== 2 * from.length || pads.some((amount) => amount < 0) || from.includes(0)) return undefined;
  if (from.length > MAX_RANK) return undefined;
  if (context.has(2) && !context.constant(2)) return undefined;
  if (context.has(3)) return undefined;
  const value = context.constant(2)?.tensor().data[0] ?? context.attributes.float('value', 0);
  if (!Number.isFinite(value) && value !== -Infinity) return undefined;
  const rank = from.length;
  // Ours lists the last dimension first, both sides together.
  const padding = from.flatMap((_, i) => [pads[rank - 1 - i] ?? 0, pads[2 * rank - 1 - i] ?? 0]);
  const used = padding.findLastIndex((amount) => amount > 0) + 1;
  const reach = mode === 'constant' ? 0 : mode === 'circular' ? 0 : mode === 'reflect' ? -1 : Infinity;
  const tooFar = mode !== 'constant' && from.some((dim, i) => Math.max(pads[i] ?? 0, pads[rank + i] ?? 0) > dim + reach);
  if (tooFar) return undefined;
  const op = padOp({ padding: padding.slice(0, used + (used % 2)), mode, value: value === -Infinity ? null : value });
  return [context.apply(op, [context.value(0)])];
};

const batchNorm: Lowering = (context) => {
  const constants = [1, 2, 3, 4].every((input) => context.constant(input));
  if (!isMap(context) || !constants || context.attributes.int('training_mode', 0) !== 0) return undefined;
  // Before opset 14 a node with more outputs trained.
  if (context.attributes.int('spatial', 1) === 0 || (context.opset < 14 && context.outputCount > 1)) return undefined;
  const channels = context.shape(0)[1] ?? 0;
  const [weight, bias, mean, variance] = [1, 2, 3, 4].map((input) => context.param(input)) as [string, string, string, string];
  const op = batchNorm2dOp({ channels, eps: context.attributes.float('epsilon', 1e-5) });
  return [context.apply(op, [context.value(0)], { weight, bias, running_mean: mean, running_var: variance })];
};

const lrn: Lowering = (context) => {
  const { attributes } = context;
  const size = attributes.int('size');
  // PyTorch's window of an even size reaches further back, ONNX's further on.
  if (!isMap(context) || size % 2 === 0) return undefined;
  const op = localResponseNormOp({ size, alpha: attributes.float('alpha', 1e-4), beta: attributes.float('beta', 0.75), k: attributes.float('bias', 1) });
  return [context.apply(op, [context.value(0)])];
};

/** The mean over height and width, as exporters write global pooling. */
const reduceMean: Lowering = (context) => {
  const axes = listOf(context, 'axes', 1)?.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
  if (!isMap(context) || axes?.join() !== '2,3') return undefined;
  const pooled = context.apply(globalPool2dOp({ kind: 'avg' }), [context.value(0)]);
  if (context.attributes.int('keepdims', 1) !== 0) return [pooled];
  return [context.apply(reshapeOp({ shape: context.shape(0).slice(0, 2) }), [pooled])];
};

export const shapeLowerings: Lowerings = {
  BatchNormalization: batchNorm,
  Dropout: dropout,
  Flatten: reshape(flattened),
  Identity: identity,
  LRN: lrn,
  Pad: pad,
  ReduceMean: reduceMean,
  Reshape: reshape(resolveShape),
  Squeeze: reshape(squeezed),
  Transpose: transpose,
  Unsqueeze: reshape(unsqueezed),
};
