import { constantIfThere, weightAndBias } from '../../onnx/form/lowering.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import type { WindowAttrs } from '../common.js';
import { linesToo } from '../onnx-lines.js';
import { isMap, mapWindowOf } from '../onnx-window.js';
import { computedConv } from './computed.js';
import { conv2dOp } from './op.js';
import { volumeConv } from './volume.js';

const conv: Lowering = (context) => {
  if (context.shape(0).length === 5) return volume(context);
  if (!isMap(context) || context.shape(1).length !== 4) return undefined;
  const [outChannels = 0, perGroup = 0, ...kernel] = context.shape(1);
  const groups = context.attributes.int('group', 1);
  const window = mapWindowOf(context, kernel);
  if (!window) return undefined;
  if (!context.constant(1) || !constantIfThere(context, 2)) return computed(context, window, groups);
  const op = conv2dOp({ ...window, inChannels: perGroup * groups, outChannels, groups, bias: context.has(2) });
  return [context.apply(op, [context.value(0)], weightAndBias(context))];
};

/** What does not fit is left to the host, which says why. */
function computed(context: LowerContext, window: WindowAttrs, groups: number): readonly ValueId[] | undefined {
  const [[, c = 0], [oc = 0, each = 0]] = [context.shape(0), context.shape(1)];
  const fits = each * groups === c && oc % groups === 0 && (!context.has(2) || context.shape(2).join() === String(oc));
  return fits && ![...context.shape(0), ...context.shape(1)].includes(0) ? [computedConv(context, window, groups)] : undefined;
}

function volume(context: LowerContext): readonly ValueId[] | undefined {
  if (!context.constant(1) || !constantIfThere(context, 2) || context.shape(1).length !== 5 || context.shape(0).includes(0)) return undefined;
  const result = volumeConv(context);
  return result === undefined ? undefined : [result];
}

export const conv2dLowerings: Lowerings = { Conv: linesToo(conv) };
