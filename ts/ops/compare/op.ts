import { binary } from '../binary.js';

/** 1 where a is greater than b, else 0, broadcasting. */
export const greaterOp = binary('Greater', 'greater');
/** 1 where a is at least b, else 0, broadcasting. */
export const greaterEqualOp = binary('GreaterEqual', 'greaterEqual');
/** 1 where both are equal, else 0, broadcasting. */
export const equalOp = binary('Equal', 'equal');
