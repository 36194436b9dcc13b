import type { Lowerings } from '../../onnx/form/lowering.js';
import { commutative } from '../binary-onnx.js';
import { mulOp } from './op.js';

export const mulLowerings: Lowerings = { Mul: commutative(mulOp) };
