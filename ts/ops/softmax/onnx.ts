import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { fromEnd } from '../../tensor/shape.js';
import { softmaxOp } from './op.js';

/** Before opset 13 a softmax runs over all dimensions from the axis on, which is the same for the last one alone. */
function softmax(log: boolean): Lowering {
  return (context) => {
    const rank = context.shape(0).length;
    const axis = context.attributes.int('axis', context.opset < 13 ? 1 : -1);
    const dim = fromEnd(axis, rank);
    const rest = context.shape(0).slice(dim + 1);
    if (context.opset < 13 && rest.some((size) => size !== 1)) return undefined;
    return [context.apply(softmaxOp({ dim, log }), [context.value(0)])];
  };
}

export const softmaxLowerings: Lowerings = { LogSoftmax: softmax(true), Softmax: softmax(false) };
