import { MAX_RANK } from '../../contract/limits.js';
import { axisOf } from '../../onnx/form/axis.js';
import { isFloat, typed } from '../../onnx/form/lowering.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { gatherOp } from './op.js';
import { rowLowerings } from './rows.js';

/** Indices are floats in the engine, exact up to here. */
const MOST = 2 ** 24;

const gather: Lowering = (context) => {
  const [from, indices] = [context.shape(0), context.shape(1)];
  const dim = axisOf(context.attributes.int('axis', 0), from.length);
  const length = from[dim] ?? 0;
  const fits = isFloat(context.dtype(0)) && length > 0 && length <= MOST && from.length - 1 + indices.length <= MAX_RANK;
  if (!fits || from.includes(0) || indices.includes(0) || !context.indexes(1, length)) return undefined;
  const [table, fixed] = [context.lasts(0) ? context.param(0) : undefined, context.lasts(1)];
  const numbers = context.constant(1);
  const names = fixed && numbers ? context.derived('indices', indices, () => fill('float32', indices, (i) => numbers.tensor().data[i] ?? 0)) : undefined;
  const op = gatherOp({ dim, indices, ...(table !== undefined && { table: from }), fixed: names !== undefined });
  const values = [...(table === undefined ? [context.value(0)] : []), ...(names === undefined ? [context.value(1)] : [])];
  return [context.apply(op, values, { ...(table !== undefined && { table }), ...(names !== undefined && { indices: names }) })];
};

export const gatherLowerings: Lowerings = { Gather: typed(gather, { others: { 1: ['int32', 'int64'] } }), ...rowLowerings };
