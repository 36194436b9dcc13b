import { binary } from '../binary.js';

/** a to the power of b, broadcasting. */
export const powOp = binary('Pow', 'pow');
