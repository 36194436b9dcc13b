import { listOf } from '../../onnx/form/lowering.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { isMap, mapWindowOf } from '../onnx-window.js';
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
function padsAreCovered({ kernel, dilation, pad }: NonNullable<ReturnType<typeof mapWindowOf>>): boolean {
  const span = (axis: 0 | 1): number => dilation[axis] * (kernel[axis] - 1) + 1;
  return Math.max(pad[0], pad[2]) < span(0) && Math.max(pad[1], pad[3]) < span(1);
}

function globalPool(kind: 'max' | 'avg'): Lowering {
  return (context) => (isMap(context) ? [context.apply(globalPool2dOp({ kind }), [context.value(0)])] : undefined);
}

/** The mean over height and width, as exporters write global pooling. */
const reduceMean: Lowering = (context) => {
  const axes = listOf(context, 'axes', 1)?.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
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
