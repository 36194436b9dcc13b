import { LARGEST_FLOAT } from '../../onnx/form/types.js';
import { typed } from '../../onnx/form/lowering.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { broadcast, broadcastStrides, count } from '../../tensor/shape.js';
import { addOp } from '../add/op.js';
import { chooseOp } from '../choose/op.js';
import { greaterOp } from '../compare/op.js';
import { matMulOp } from '../mat-mul/op.js';
import { mulOp } from '../mul/op.js';
import { permuteOp } from '../permute/op.js';
import { reduceOp } from '../reduce/op.js';
import { reshapeOp } from '../reshape/op.js';
import { softmaxOp } from '../softmax/op.js';

/** Queries, keys or values as [N, heads, L, depth]. */
interface Heads {
  readonly value: ValueId;
  readonly shape: readonly [batch: number, heads: number, length: number, depth: number];
}

const [MASK, PAST, UNPADDED] = [3, 4, 6] as const;

/** What the engine leaves to the host: windows, and what is kept from one call to the next. */
function isPlain(context: LowerContext): boolean {
  const { attributes } = context;
  const windows = ['left_window_size', 'right_window_size'].some((name) => attributes.int(name, -1) !== -1);
  const kept = context.has(PAST) || context.has(UNPADDED);
  return !kept && !windows && attributes.float('softcap', 0) === 0 && [0, 1, 2].every((input) => !context.shape(input).includes(0));
}

function heads(context: LowerContext, input: number, name: string): Heads | undefined {
  const shape = context.shape(input);
  const [n = 0, length = 0, width = 0, last] = shape;
  if (last !== undefined) return shape.length === 4 ? { value: context.value(input), shape: [n, length, width, last] } : undefined;
  const number = context.attributes.int(name, 1);
  if (!(number >= 1) || width % number !== 0 || shape.length !== 3) return undefined;
  const parts = context.apply(reshapeOp({ shape: [n, length, number, width / number] }), [context.value(input)]);
  return { value: context.apply(permuteOp({ dims: [0, 2, 1, 3] }), [parts]), shape: [n, number, length, width / number] };
}

type Scores = readonly [batch: number, heads: number, queries: number, keys: number];

/** Elements of a constant mask, which is made while planning. */
const LARGEST_MASK = 1 << 24;

/** What a constant mask and the order of time add, as one tensor; undefined where a query would look at nothing. */
function constantBias(context: LowerContext, [, , queries, keys]: Scores, causal: boolean): { readonly param: string; readonly shape: readonly number[] } | undefined {
  const mask = context.has(MASK) ? context.constant(MASK)?.tensor() : undefined;
  const shape = broadcast(mask?.shape ?? [], [queries, keys]);
  if (count(shape) > LARGEST_MASK) return undefined;
  const strides = broadcastStrides(mask?.shape ?? [], shape);
  const own = (i: number): number => {
    if (!mask) return 0;
    let from = 0;
    for (let axis = shape.length - 1, rest = i; axis >= 0; rest = Math.floor(rest / shape[axis]!), axis--) from += (rest % shape[axis]!) * strides[axis]!;
    const value = mask.data[from]!;
    if (mask.dtype !== 'bool') return value;
    return value ? 0 : -Infinity;
  };
  const tensor = fill('float32', shape, (i) => (causal && i % keys > Math.floor(i / keys) % queries ? -Infinity : own(i)));
  for (let row = 0; row < count(shape); row += keys) if (tensor.data.subarray(row, row + keys).every((value) => value === -Infinity)) return undefined;
  return { param: context.derived(`bias ${shape.join('x')}`, shape, () => tensor), shape };
}

/** A row of a mask hides everything where its largest value is not above this: truths are 1 and 0. */
const leastOf = (truths: boolean): number => (truths ? 0 : -LARGEST_FLOAT);

/** Probabilities, 0 in the rows of a mask that hide everything. */
function unlessHidden(context: LowerContext, probabilities: ValueId, mask: ValueId, truths: boolean): ValueId {
  const rank = context.shapeOf(mask).length;
  const largest = context.apply(reduceOp({ kind: 'max', axes: [rank - 1], rank }), [mask]);
  const least = context.derived('least', [1], () => fill('float32', [1], () => leastOf(truths)));
  const looks = context.apply(greaterOp({ operand: [1] }), [largest], { operand: least });
  const nothing = context.derived('nothing', [1], () => fill('float32', [1], () => 0));
  return context.apply(chooseOp({ b: [1] }), [looks, probabilities], { b: nothing });
}

/** Scores under a mask that is computed. */
function masked(context: LowerContext, scores: ValueId, mask: ValueId, truths: boolean): ValueId {
  if (!truths) return context.apply(addOp({}), [scores, mask]);
  const hidden = context.derived('hidden', [1], () => fill('float32', [1], () => -Infinity));
  return context.apply(chooseOp({ b: [1] }), [mask, scores], { b: hidden });
}

/** The softmax of scores [N, heads, queries, keys] under the node's masks. */
function softmaxOf(context: LowerContext, scores: ValueId, sizes: Scores): ValueId | undefined {
  const softmax = (of: ValueId): ValueId => context.apply(softmaxOp({ dim: 3, log: false }), [of]);
  const causal = context.attributes.int('is_causal', 0) !== 0;
  if (!context.has(MASK) && !causal) return softmax(scores);
  const mask = context.has(MASK) ? context.shape(MASK) : [sizes[3]];
  if (mask.at(-1) !== sizes[3] || mask.length > 4 || broadcast(mask, sizes).join() !== sizes.join()) return undefined;
  if (!context.has(MASK) || context.lasts(MASK)) {
    const bias = constantBias(context, sizes, causal);
    return bias && softmax(context.apply(addOp({ operand: bias.shape }), [scores], { operand: bias.param }));
  }
  if (causal || mask.length < 2) return undefined;
  const [value, truths] = [context.value(MASK), context.dtype(MASK) === 'bool'];
  return unlessHidden(context, softmax(masked(context, scores, value, truths)), value, truths);
}

/**
 * softmax(scale Q K^T + bias) V by head, as products (Vaswani et al. 2017, arXiv 1706.03762). Heads of Q that share one of K and V lie
 * behind each other: their queries are rows of one matrix (Ainslie et al. 2023, arXiv 2305.13245).
 */
const attention: Lowering = (context) => {
  if (!isPlain(context)) return undefined;
  const [q, k, v] = [heads(context, 0, 'q_num_heads'), heads(context, 1, 'kv_num_heads'), heads(context, 2, 'kv_num_heads')];
  if (!q || !k || !v) return undefined;
  const [batch, number, queries, depth] = q.shape;
  const [, shared, keys] = k.shape;
  if (number % shared !== 0 || [k, v].some(({ shape }) => shape[0] !== batch || shape[1] !== shared || shape[2] !== keys) || k.shape[3] !== depth) return undefined;
  const factor = context.attributes.float('scale', 1 / Math.sqrt(depth));
  const scale = context.derived(`scale ${factor}`, [1], () => fill('float32', [1], () => factor));
  const rows = (value: ValueId, width: number): ValueId => (number === shared ? value : context.apply(reshapeOp({ shape: [batch, shared, (number / shared) * queries, width] }), [value]));
  const apart = (value: ValueId, width: number): ValueId => (number === shared ? value : context.apply(reshapeOp({ shape: [batch, number, queries, width] }), [value]));
  const scaled = rows(context.apply(mulOp({ operand: [1] }), [q.value], { operand: scale }), depth);
  const scores = apart(context.apply(matMulOp({ transposed: true }), [scaled, k.value]), keys);
  const weights = softmaxOf(context, scores, [batch, number, queries, keys]);
  if (weights === undefined) return undefined;
  const width = v.shape[3];
  const y = apart(context.apply(matMulOp({ transposed: false }), [rows(weights, keys), v.value]), width);
  if (context.shape(0).length === 4) return [y];
  return [context.apply(reshapeOp({ shape: [batch, queries, number * width] }), [context.apply(permuteOp({ dims: [0, 2, 1, 3] }), [y])])];
};

export const attentionLowerings: Lowerings = { Attention: typed(attention, { others: { [MASK]: ['bool'] } }) };
