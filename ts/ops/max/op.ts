import { binary } from '../binary.js';

/** The greater of both, broadcasting. */
export const maxOp = binary('Max', 'max');
