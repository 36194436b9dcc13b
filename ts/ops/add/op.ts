import { binary } from '../binary.js';

/** a + b, broadcasting. */
export const addOp = binary('Add', 'add', 'sum');
