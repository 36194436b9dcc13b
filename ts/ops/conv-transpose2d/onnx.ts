import { constantIfThere, weightAndBias } from '../../onnx/form/lowering.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { linesToo } from '../onnx-lines.js';
import { isMap, pair } from '../onnx-window.js';
import { windowOf } from '../../onnx/form/window.js';
import { convTranspose2dOp } from './op.js';

const convTranspose: Lowering = (context) => {
  const weight = context.constant(1);
  const { attributes } = context;
  if (!isMap(context) || weight?.shape.length !== 4 || !constantIfThere(context, 2)) return undefined;
  const auto = attributes.string('auto_pad', 'NOTSET');
  if (attributes.has('output_shape') || (auto !== 'NOTSET' && auto !== '')) return undefined;
  const [inChannels = 0, perGroup = 0, ...kernel] = weight.shape;
  const groups = attributes.int('group', 1);
  const { strides, dilations, pads } = windowOf(attributes, kernel);
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  if (Math.min(...pads) < 0) return undefined;
  const window = { kernel: pair(kernel), stride: pair(strides), dilation: pair(dilations), pad: [top, left, bottom, right], ceil: false } as const;
  const outputPadding = pair(attributes.ints('output_padding', [0, 0]));
  const op = convTranspose2dOp({ ...window, inChannels, outChannels: perGroup * groups, groups, bias: context.has(2), outputPadding });
  return [context.apply(op, [context.value(0)], weightAndBias(context))];
};

export const convTranspose2dLowerings: Lowerings = { ConvTranspose: linesToo(convTranspose) };
