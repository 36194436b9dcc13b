import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { globalPool2dOp } from './op.js';
import { isMap } from '../onnx-window.js';
import { reshapeOp } from '../reshape/op.js';
import { fromEnd } from '../../tensor/shape.js';

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

export const globalPool2dLowerings: Lowerings = {
  GlobalAveragePool: globalPool('avg'),
  GlobalMaxPool: globalPool('max'),
  ReduceMean: reduceMean,
};
