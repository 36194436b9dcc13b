import type { TrainRule } from '../../graph/rule.js';
import { proposalsOp } from './op.js';
import type { ProposalsAttrs } from './op.js';

/** Regions are taken as they are: no gradient goes back through them. */
export const proposalsRule: TrainRule<ProposalsAttrs> = { op: proposalsOp, backward: () => undefined };
