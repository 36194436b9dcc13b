import { globalPool2dOp, pool2dOp } from '../../ops/pool/op.js';
import type { Lowering, Lowerings } from './lowering.js';
import { isMap, windowOf } from './window.js';

function pool(kind: 'max' | 'avg'): Lowering {
  return (context) => {
    const { attributes } = context;
    const window = isMap(context) ? windowOf(context, attributes.ints('kernel_shape')) : undefined;
    if (!window || !padsAreCovered(window)) return undefined;
    const countIncludePad = attributes.int('count_include_pad', 0) !== 0;
    return [context.apply(pool2dOp({ ...window, kind, countIncludePad, divisor: 0 }), [context.value(0)])];
  };
}

/** Every window must see an element; the engine refuses others. */
function padsAreCovered({ kernel, dilation, pad }: NonNullable<ReturnType<typeof windowOf>>): boolean {
  const span = (axis: 0 | 1): number => dilation[axis] * (kernel[axis] - 1) + 1;
  return Math.max(pad[0], pad[2]) < span(0) && Math.max(pad[1], pad[3]) < span(1);
}

function globalPool(kind: 'max' | 'avg'): Lowering {
  return (context) => (isMap(context) ? [context.apply(globalPool2dOp({ kind }), [context.value(0)])] : undefined);
}

export const poolLowerings: Lowerings = {
  AveragePool: pool('avg'),
  GlobalAveragePool: globalPool('avg'),
  GlobalMaxPool: globalPool('max'),
  MaxPool: pool('max'),
};
