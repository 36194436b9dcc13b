import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { axesOf } from '../common.js';
import type { WindowAttrs } from '../common.js';
import { linesToo } from '../onnx-lines.js';
import { isMap, mapWindowOf } from '../onnx-window.js';
import { pool2dOp } from './op.js';
import { volumePool } from './volume.js';
import { spanOf } from '../../tensor/geometry.js';

function pool(kind: 'max' | 'avg'): Lowering {
  return (context) => {
    const { attributes } = context;
    if (context.shape(0).length === 5) {
      const volume = volumePool(context, kind);
      return volume === undefined ? undefined : [volume];
    }
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

export const pool2dLowerings: Lowerings = { AveragePool: linesToo(pool('avg')), MaxPool: linesToo(pool('max')) };
