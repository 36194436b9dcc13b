import { binary } from '../binary.js';

/** a * b, broadcasting. */
export const mulOp = binary('Mul', 'mul', 'product');
