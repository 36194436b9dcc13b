import type { TrainRule } from '../graph/rule.js';
import { RULES } from './all-rules.js';

const BY_TYPE = new Map(RULES.map((rule) => [rule.op.type, rule]));

/** The rule of an operator, or none where it has no gradient. */
export function ruleOf(type: string): TrainRule | undefined {
  return BY_TYPE.get(type) as TrainRule | undefined;
}
