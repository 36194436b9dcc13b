import { MAX_RANK } from '../../contract/limits.js';
import { isFloat, typed } from '../../onnx/form/lowering.js';
import type { LowerContext, Lowering, ValueId } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { count, fromEnd, stridesOf } from '../../tensor/shape.js';
import { concatOp } from '../concat/op.js';
import { reshapeOp } from '../reshape/op.js';
import { sliceOp } from '../slice/op.js';
import { gatherOp } from './op.js';

/** Whole numbers are floats in the engine, exact up to here. */
const MOST = 2 ** 24;

/** A tensor as rows: its first dimensions are one, which constant indices name. */
interface Rows {
  readonly total: number;
  /** The shape of a row. */
  readonly rest: readonly number[];
  readonly named: readonly number[];
}

/** What indices, a vector for each row, name; undefined where they are computed, or lie outside. */
function rowsOf(context: LowerContext): Rows | undefined {
  const [data, indices] = [context.shape(0), context.shape(1)];
  const numbers = context.constant(1)?.tensor().data;
  const depth = indices.at(-1) ?? 0;
  if (!numbers || depth < 1 || depth > data.length || data.length > MAX_RANK || data.includes(0) || indices.includes(0)) return undefined;
  const [leading, rest] = [data.slice(0, depth), data.slice(depth)];
  const strides = stridesOf(leading);
  const named = Array.from({ length: numbers.length / depth }, (_, row) =>
    leading.reduce((sum, length, axis) => {
      const index = fromEnd(numbers[row * depth + axis]!, length);
      return index >= 0 && index < length ? sum + index * strides[axis]! : Number.NaN;
    }, 0),
  );
  const total = count(leading);
  return total + named.length > MOST || named.some(Number.isNaN) ? undefined : { total, rest, named };
}

function reshaped(context: LowerContext, value: ValueId, shape: readonly number[]): ValueId {
  return context.shapeOf(value).join() === shape.join() ? value : context.apply(reshapeOp({ shape }), [value]);
}

/** Those rows, in this order. */
function chosen(context: LowerContext, value: ValueId, rows: readonly number[]): ValueId {
  const indices = context.derived(`rows ${rows.length} of ${context.shapeOf(value).join('x')}`, [rows.length], () => fill('float32', [rows.length], (i) => rows[i]!));
  return context.apply(gatherOp({ dim: 0, indices: [rows.length], fixed: true }), [value], { indices });
}

const gatherNd: Lowering = (context) => {
  const rows = context.attributes.int('batch_dims', 0) === 0 && isFloat(context.dtype(0)) ? rowsOf(context) : undefined;
  const shape = [...context.shape(1).slice(0, -1), ...(rows?.rest ?? [])];
  if (!rows || shape.length > MAX_RANK) return undefined;
  const all = reshaped(context, context.value(0), [rows.total, ...rows.rest]);
  return [context.apply(reshapeOp({ shape }), [chosen(context, all, rows.named)])];
};

/** Rows of a tensor, but those that are named: of them the updates. One behind the other they need not be picked. */
const scatterNd: Lowering = (context) => {
  const rows = context.attributes.string('reduction', 'none') === 'none' ? rowsOf(context) : undefined;
  if (!rows || count(context.shape(2)) !== rows.named.length * count(rows.rest)) return undefined;
  const { total, rest, named } = rows;
  const [data, updates] = [reshaped(context, context.value(0), [total, ...rest]), reshaped(context, context.value(2), [named.length, ...rest])];
  const [first = 0] = named;
  const part = (start: number, length: number): readonly ValueId[] => (length > 0 ? [context.apply(sliceOp({ dim: 0, start, length }), [data])] : []);
  let result: ValueId;
  if (named.every((row, i) => row === first + i)) {
    const parts = [...part(0, first), updates, ...part(first + named.length, total - first - named.length)];
    result = parts.length === 1 ? updates : context.apply(concatOp({ dim: 0 }), parts);
  } else {
    const from = Array.from({ length: total }, (_, row) => row);
    // What is named twice has the last.
    named.forEach((row, i) => (from[row] = total + i));
    result = chosen(context, context.apply(concatOp({ dim: 0 }), [data, updates]), from);
  }
  return [context.apply(reshapeOp({ shape: context.shape(0) }), [result])];
};

const INDICES = { others: { 1: ['int64'] } } as const;

export const rowLowerings = { GatherND: typed(gatherNd, INDICES), ScatterND: typed(scatterNd, INDICES) };
