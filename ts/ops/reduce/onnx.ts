import type { MathFunction, ReduceKind } from '../../contract/words.js';
import { MAX_RANK } from '../../contract/limits.js';
import { ACTIVATIONS } from '../../contract/words.js';
import { axisOf } from '../../onnx/form/axis.js';
import { typed } from '../../onnx/form/lowering.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { LARGEST_FLOAT } from '../../onnx/form/types.js';
import { activationOp } from '../activation/op.js';
import { addOp } from '../add/op.js';
import { globalPool2dOp } from '../global-pool2d/op.js';
import { mathOp } from '../math/op.js';
import { mulOp } from '../mul/op.js';
import { permuteOp } from '../permute/op.js';
import { reshapeOp } from '../reshape/op.js';
import { subOp } from '../sub/op.js';
import { reduceOp, reducible } from './op.js';

/** Reduces axes of `x`, whose shape is that of the node's input; they stay as dimensions of 1. */
type Reducer = (context: LowerContext, x: ValueId, axes: readonly number[]) => ValueId;

/** The axes of a node, rising; none where nothing is reduced, undefined where they are not known. */
function axesOf(context: LowerContext, rank: number): readonly number[] | undefined {
  if (context.has(1) && !context.constant(1)) return undefined;
  const named = context.attributes.intsOr('axes', context.constant(1)?.tensor()) ?? [];
  const none = context.attributes.int('noop_with_empty_axes', 0) !== 0 ? [] : Array.from({ length: rank }, (_, axis) => axis);
  const axes = named.length === 0 ? none : named.map((axis) => axisOf(axis, rank)).sort((a, b) => a - b);
  return new Set(axes).size === axes.length ? axes : undefined;
}

function plain(kind: ReduceKind): Reducer {
  return (context, x, axes) => {
    const shape = context.shape(0);
    const rank = shape.length;
    // Whole maps have a step of their own.
    if ((kind === 'mean' || kind === 'max') && rank === 4 && axes.join() === '2,3') return context.apply(globalPool2dOp({ kind: kind === 'mean' ? 'avg' : 'max' }), [x]);
    if (reducible(axes, rank)) return context.apply(reduceOp({ kind, axes, rank }), [x]);
    const rest = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
    const turned = context.apply(permuteOp({ dims: [...rest, ...axes] }), [x]);
    const reduced = context.apply(reduceOp({ kind, axes: axes.map((_, i) => rest.length + i), rank }), [turned]);
    return context.apply(reshapeOp({ shape: kept(shape, axes) }), [reduced]);
  };
}

const kept = (shape: readonly number[], axes: readonly number[]): readonly number[] => shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));

const math = (context: LowerContext, x: ValueId, name: MathFunction): ValueId => context.apply(mathOp({ function: name }), [x]);

const square = (context: LowerContext, x: ValueId): ValueId => context.apply(mulOp({}), [x, x]);

const sum = plain('sum');

/** ln(sum(exp(x))): the largest is taken out before and added again, so that nothing overflows. */
const logSumExp: Reducer = (context, x, axes) => {
  const largest = plain('max')(context, x, axes);
  // Minus infinity less itself would be no number.
  const finite = context.apply(activationOp({ name: 'clip', words: [ACTIVATIONS.clip, -LARGEST_FLOAT, LARGEST_FLOAT] }), [largest]);
  const powers = math(context, context.apply(subOp({}), [x, finite]), 'exp');
  return context.apply(addOp({}), [math(context, sum(context, powers, axes), 'log'), finite]);
};

function reduction(reducer: Reducer): Lowering {
  return (context) => {
    const shape = context.shape(0);
    const axes = axesOf(context, shape.length);
    if (!axes || axes.length === 0 || shape.length > MAX_RANK || shape.includes(0)) return undefined;
    const reduced = reducer(context, context.value(0), axes);
    if (context.attributes.int('keepdims', 1) !== 0) return [reduced];
    const left = shape.filter((_, axis) => !axes.includes(axis));
    return [context.apply(reshapeOp({ shape: left }), [reduced])];
  };
}

/** The first of the largest or smallest. */
function index(kind: 'argMax' | 'argMin'): Lowering {
  const lower: Lowering = (context) => {
    const shape = context.shape(0);
    const axis = axisOf(context.attributes.int('axis', 0), shape.length);
    const last = context.attributes.int('select_last_index', 0) !== 0;
    if (last || shape.length > MAX_RANK || shape.includes(0) || (shape[axis] ?? 0) > 2 ** 24) return undefined;
    const found = context.apply(reduceOp({ kind, axes: [axis], rank: shape.length }), [context.value(0)]);
    if (context.attributes.int('keepdims', 1) !== 0) return [found];
    const left = shape.filter((_, at) => at !== axis);
    return [context.apply(reshapeOp({ shape: left }), [found])];
  };
  return typed(lower, { result: 'int64' });
}

export const reduceLowerings: Lowerings = {
  ArgMax: index('argMax'),
  ArgMin: index('argMin'),
  ReduceL1: reduction((context, x, axes) => sum(context, math(context, x, 'abs'), axes)),
  ReduceL2: reduction((context, x, axes) => math(context, sum(context, square(context, x), axes), 'sqrt')),
  ReduceLogSum: reduction((context, x, axes) => math(context, sum(context, x, axes), 'log')),
  ReduceLogSumExp: reduction(logSumExp),
  ReduceMax: reduction(plain('max')),
  ReduceMean: reduction(plain('mean')),
  ReduceMin: reduction(plain('min')),
  ReduceProd: reduction(plain('prod')),
  ReduceSum: reduction(sum),
  ReduceSumSquare: reduction((context, x, axes) => sum(context, square(context, x), axes)),
};
