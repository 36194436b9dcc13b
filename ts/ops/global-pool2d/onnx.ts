import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { globalPool2dOp } from './op.js';
import { linesToo } from '../onnx-lines.js';
import { volumesToo } from '../onnx-volumes.js';
import { isMap } from '../onnx-window.js';

function globalPool(kind: 'max' | 'avg'): Lowering {
  return (context) => (isMap(context) ? [context.apply(globalPool2dOp({ kind }), [context.value(0)])] : undefined);
}

export const globalPool2dLowerings: Lowerings = {
  GlobalAveragePool: linesToo(volumesToo(globalPool('avg'))),
  GlobalMaxPool: linesToo(volumesToo(globalPool('max'))),
};
