import type { TrainRule } from '../../graph/rule.js';
import { reshaped } from '../flatten/grad.js';
import { reshapeOp } from './op.js';
import type { ReshapeAttrs } from './op.js';

export const reshapeRule: TrainRule<ReshapeAttrs> = { op: reshapeOp, backward: reshaped };
