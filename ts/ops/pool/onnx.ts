import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { isMap, mapWindowOf } from '../onnx-window.js';
import { spanOf } from '../../tensor/geometry.js';
import { fromEnd } from '../../tensor/shape.js';
import { axesOf } from '../common.js';
import type { WindowAttrs } from '../common.js';
import { reshapeOp } from '../reshape/op.js';
import { globalPool2dOp, pool2dOp } from './op.js';

function pool(kind: 'max' | 'avg'): Lowering {
  return (context) => {
    const { attributes } = context;
    const window = isMap(context) ? mapWindowOf(context, attributes.ints('kernel_shape')) : undefined;
    if (!window || !padsAreCovered(window)) return undefined;
    const countIncludePad = attributes.int('count_include_pad', 0) !== 0;
    return [context.apply(pool2dOp({ ...window, kind, countIncludePad, divisor: 0 }), [context.value(0)])];
  };
}

/** Every window must see an element; the engine refuses others. */
function padsAreCovered(window: WindowAttrs): boolean {
  return axesOf(window).every((axis) => Math.max(axis.before, axis.after) < spanOf(axis));
}

function globalPool(kind: 'max' | 'avg'): Lowering {
  return (context) => (isMap(context) ? [context.apply(globalPool2dOp({ kind }), [context.value(0)])] : undefined);
}

/** The mean over height and width, as exporters write global pooling. */
const reduceMean: Lowering = (context) => {
  const axes = context.attributes.intsOr('axes', context.constant(1)?.tensor())?.map((axis) => fromEnd(axis, 4)).sort();
  if (!isMap(context) || axes?.join() !== '2,3') return undefined;
  const pooled = context.apply(globalPool2dOp({ kind: 'avg' }), [context.value(0)]);
  if (context.attributes.int('keepdims', 1) !== 0) return [pooled];
  return [context.apply(reshapeOp({ shape: context.shape(0).slice(0, 2) }), [pooled])];
};

export const poolLowerings: Lowerings = {
  AveragePool: pool('avg'),
  GlobalAveragePool: globalPool('avg'),
  GlobalMaxPool: globalPool('max'),
  MaxPool: pool('max'),
  ReduceMean: reduceMean,
};
