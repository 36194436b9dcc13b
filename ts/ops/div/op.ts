import { binary } from '../binary.js';

/** a / b, broadcasting. */
export const divOp = binary('Div', 'div');
