import { constantIfThere } from '../../onnx/form/lowering.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { allocate } from '../../onnx/form/tensors.js';
import type { HostTensor } from '../../onnx/form/types.js';
import { MAX_RANK } from '../../contract/limits.js';
import { addOp } from '../add/op.js';
import { matMulOp } from '../mat-mul/op.js';
import { linearOp } from './op.js';

/** A x B^T + c with constant B and c: a linear layer, whose bias c is where it is a row. */
const gemm: Lowering = (context) => {
  const { attributes } = context;
  const [b, c] = [context.constant(1), context.constant(2)];
  const plain = attributes.int('transA', 0) === 0 && attributes.float('alpha', 1) === 1 && attributes.float('beta', 1) === 1;
  if (!plain || context.shape(0).length !== 2 || context.shape(1).length !== 2) return undefined;
  const transposed = attributes.int('transB', 0) !== 0;
  if (!b) return products(context, transposed);
  const [inFeatures = 0, outFeatures = 0] = transposed ? [...b.shape].reverse() : b.shape;
  if (!constantIfThere(context, 2)) return undefined;
  const bias = c !== undefined && c.shape.every((dim, axis) => dim === (axis === c.shape.length - 1 ? outFeatures : 1)) && c.shape.length > 0;
  const weight = transposed ? context.param(1) : context.derived('transposed', [outFeatures, inFeatures], () => transpose(b.tensor()));
  const params = { weight, ...(bias && { bias: context.param(2, [outFeatures]) }) };
  const y = context.apply(linearOp({ inFeatures, outFeatures, bias }), [context.value(0)], params);
  if (!c || bias) return [y];
  // A column, a matrix or one number: it broadcasts.
  return [context.apply(addOp({ operand: c.shape }), [y], { operand: context.param(2) })];
};

/** A x B + c with a matrix B that is computed. */
function products(context: LowerContext, transposed: boolean): readonly ValueId[] | undefined {
  if ([0, 1].some((input) => context.shape(input).includes(0))) return undefined;
  const y = context.apply(matMulOp({ transposed }), [context.value(0), context.value(1)]);
  return [context.has(2) ? context.apply(addOp({}), [y, context.value(2)]) : y];
}

/** x B: a linear layer where B is a constant matrix. */
const matMul: Lowering = (context) => {
  const b = context.constant(1);
  const x = context.shape(0);
  const shapes = [x, context.shape(1)];
  if (shapes.some((shape) => shape.length < 2 || shape.length > MAX_RANK || shape.includes(0))) return undefined;
  if (b?.shape.length !== 2) return [context.apply(matMulOp({ transposed: false }), [context.value(0), context.value(1)])];
  const [inFeatures = 0, outFeatures = 0] = b.shape;
  const weight = context.derived('transposed', [outFeatures, inFeatures], () => transpose(b.tensor()));
  return [context.apply(linearOp({ inFeatures, outFeatures, bias: false }), [context.value(0)], { weight })];
};

/** Rows and columns that are turned at once, so that what is written stays in the cache. */
const TILE = 32;

function transpose({ dtype, shape, data }: HostTensor): HostTensor {
  const [rows = 0, columns = 0] = shape;
  const out = allocate(dtype, data.length);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(rows, top + TILE);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(columns, left + TILE);
      for (let c = left; c < right; c++) for (let r = top; r < bottom; r++) out[c * rows + r] = data[r * columns + c]!;
    }
  }
  return { dtype, shape: [columns, rows], data: out };
}

export const linearLowerings: Lowerings = { Gemm: gemm, MatMul: matMul };
