import type { TrainRule } from '../graph/rule.js';
import { activationRule } from './activation/grad.js';
import { addRule, concatRule, divRule, mulRule } from './combine/grad.js';
import { conv2dRule } from './conv2d/grad.js';
import { convTranspose2dRule } from './conv-transpose2d/grad.js';
import { flattenRule } from './flatten/grad.js';
import { groupNormRule, layerNormRule } from './group-norm/grad.js';
import { identityRule } from './identity/grad.js';
import { linearRule } from './linear/grad.js';
import { batchNorm2dRule, localResponseNormRule } from './norm/grad.js';
import { padRule } from './pad/grad.js';
import { adaptiveAvgPool2dRule, globalPool2dRule, pool2dRule } from './pool/grad.js';
import { preluRule } from './prelu/grad.js';
import { reshapeRule } from './reshape/grad.js';
import { softmaxRule } from './softmax/grad.js';
import { upsampleRule } from './upsample/grad.js';

type AnyRule = TrainRule<never>;

/** Every operator that learns, or that a gradient goes back through: one line an operator. */
const RULES: readonly AnyRule[] = [
  activationRule,
  adaptiveAvgPool2dRule,
  addRule,
  batchNorm2dRule,
  concatRule,
  conv2dRule,
  convTranspose2dRule,
  divRule,
  flattenRule,
  globalPool2dRule,
  groupNormRule,
  identityRule,
  layerNormRule,
  linearRule,
  localResponseNormRule,
  mulRule,
  padRule,
  pool2dRule,
  preluRule,
  reshapeRule,
  softmaxRule,
  upsampleRule,
];

const BY_TYPE = new Map(RULES.map((rule) => [rule.op.type, rule]));

/** The rule of an operator, or none where it has no gradient. */
export function ruleOf(type: string): TrainRule | undefined {
  return BY_TYPE.get(type) as TrainRule | undefined;
}
