import type { Lowerings } from '../../onnx/form/lowering.js';
import { ofAll } from '../binary-onnx.js';
import { maxOp } from './op.js';

export const maxLowerings: Lowerings = { Max: ofAll(maxOp) };
