import type { Lowerings } from '../../onnx/form/lowering.js';
import { commutative } from '../binary-onnx.js';
import { addOp } from './op.js';

export const addLowerings: Lowerings = { Add: commutative(addOp) };
