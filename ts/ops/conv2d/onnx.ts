import { constantIfThere, weightAndBias } from '../../onnx/form/lowering.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { linesToo } from '../onnx-lines.js';
import { isMap, mapWindowOf } from '../onnx-window.js';
import { addOp } from '../add/op.js';
import { conv2dOp } from './op.js';

const conv: Lowering = (context) => {
  const weight = context.constant(1);
  if (!isMap(context) || weight?.shape.length !== 4 || !constantIfThere(context, 2)) return undefined;
  const [outChannels = 0, perGroup = 0, ...kernel] = weight.shape;
  const groups = context.attributes.int('group', 1);
  const window = mapWindowOf(context, kernel);
  if (!window) return undefined;
  const op = conv2dOp({ ...window, inChannels: perGroup * groups, outChannels, groups, bias: context.has(2) });
  return [context.apply(op, [context.value(0)], weightAndBias(context))];
};

/** conv(x) + z, then an activation, as onnxruntime's own optimiser writes it. */
const fusedConv: Lowering = (context) => {
  if (context.attributes.string('activation', '') !== '') return undefined;
  const result = conv(context)?.[0];
  if (result === undefined || !context.has(3)) return result === undefined ? undefined : [result];
  return [context.apply(addOp({}), [result, context.value(3)])];
};

export const conv2dLowerings: Lowerings = { Conv: linesToo(conv), 'com.microsoft:FusedConv': fusedConv };
