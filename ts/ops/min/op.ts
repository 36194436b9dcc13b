import { binary } from '../binary.js';

/** The lesser of both, broadcasting. */
export const minOp = binary('Min', 'min');
