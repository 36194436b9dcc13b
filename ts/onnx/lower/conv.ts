import { conv2dOp } from '../../ops/conv2d/op.js';
import { convTranspose2dOp } from '../../ops/conv-transpose2d/op.js';
import { linearOp } from '../../ops/linear/op.js';
import { addOp } from '../../ops/combine/op.js';
import { windowOf as rawWindowOf } from '../host/lib/window.js';
import { allocate } from '../read/tensors.js';
import type { HostTensor } from '../read/types.js';
import type { Lowering, LowerContext, Lowerings } from './lowering.js';
import { isMap, pair, windowOf } from './window.js';

const conv: Lowering = (context) => {
  const weight = context.constant(1);
  if (!isMap(context) || weight?.shape.length !== 4 || !constantIfThere(context, 2)) return undefined;
  const [outChannels = 0, perGroup = 0, ...kernel] = weight.shape;
  const groups = context.attributes.int('group', 1);
  const window = windowOf(context, kernel);
  if (!window) return undefined;
  const op = conv2dOp({ ...window, inChannels: perGroup * groups, outChannels, groups, bias: context.has(2) });
  return [context.apply(op, [context.value(0)], weightAndBias(context))];
};

const convTranspose: Lowering = (context) => {
  const weight = context.constant(1);
  const { attributes } = context;
  if (!isMap(context) || weight?.shape.length !== 4 || !constantIfThere(context, 2)) return undefined;
  const auto = attributes.string('auto_pad', 'NOTSET');
  if (attributes.has('output_shape') || (auto !== 'NOTSET' && auto !== '')) return undefined;
  const [inChannels = 0, perGroup = 0, ...kernel] = weight.shape;
  const groups = attributes.int('group', 1);
  const { strides, dilations, pads } = rawWindowOf(attributes, kernel);
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  if (Math.min(...pads) < 0) return undefined;
  const window = { kernel: pair(kernel), stride: pair(strides), dilation: pair(dilations), pad: [top, left, bottom, right], ceil: false } as const;
  const outputPadding = pair(attributes.ints('output_padding', [0, 0]));
  const op = convTranspose2dOp({ ...window, inChannels, outChannels: perGroup * groups, groups, bias: context.has(2), outputPadding });
  return [context.apply(op, [context.value(0)], weightAndBias(context))];
};

function constantIfThere(context: LowerContext, input: number): boolean {
  return !context.has(input) || context.constant(input) !== undefined;
}

function weightAndBias(context: LowerContext): Record<string, string> {
  return { weight: context.param(1), ...(context.has(2) && { bias: context.param(2) }) };
}

/** A x B^T + c with constant B and c: a linear layer, whose bias c is where it is a row. */
const gemm: Lowering = (context) => {
  const { attributes } = context;
  const [b, c] = [context.constant(1), context.constant(2)];
  const plain = attributes.int('transA', 0) === 0 && attributes.float('alpha', 1) === 1 && attributes.float('beta', 1) === 1;
  if (!plain || b?.shape.length !== 2 || context.shape(0).length !== 2) return undefined;
  const transposed = attributes.int('transB', 0) !== 0;
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

/** x B with a constant matrix B. */
const matMul: Lowering = (context) => {
  const b = context.constant(1);
  const x = context.shape(0);
  // A map of 4 dimensions would be turned row-major and back.
  if (b?.shape.length !== 2 || x.length < 2) return undefined;
  const [inFeatures = 0, outFeatures = 0] = b.shape;
  const weight = context.derived('transposed', [outFeatures, inFeatures], () => transpose(b.tensor()));
  return [context.apply(linearOp({ inFeatures, outFeatures, bias: false }), [context.value(0)], { weight })];
};

function transpose({ dtype, shape, data }: HostTensor): HostTensor {
  const [rows = 0, columns = 0] = shape;
  const out = allocate(dtype, data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c]!;
  return { dtype, shape: [columns, rows], data: out };
}

/** conv(x) + z, then an activation, as onnxruntime's own optimiser writes it. */
const fusedConv: Lowering = (context) => {
  if (context.attributes.string('activation', '') !== '') return undefined;
  const result = conv(context)?.[0];
  if (result === undefined || !context.has(3)) return result === undefined ? undefined : [result];
  return [context.apply(addOp({}), [result, context.value(3)])];
};

export const convLowerings: Lowerings = {
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  MatMul: matMul,
  'com.microsoft:FusedConv': fusedConv,
};
