import type { Lowerings } from '../../onnx/form/lowering.js';
import { ofAll } from '../binary-onnx.js';
import { minOp } from './op.js';

export const minLowerings: Lowerings = { Min: ofAll(minOp) };
