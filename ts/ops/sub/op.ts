import { binary } from '../binary.js';

/** a - b, broadcasting. */
export const subOp = binary('Sub', 'sub');
