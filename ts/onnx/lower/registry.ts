import type { OnnxNode } from '../read/types.js';
import { activationLowerings } from './activation.js';
import { combineLowerings } from './combine.js';
import { convLowerings } from './conv.js';
import type { Lowering, Lowerings } from './lowering.js';
import { normLowerings } from './norm.js';
import { poolLowerings } from './pool.js';
import { resizeLowerings } from './resize.js';
import { shapeLowerings } from './shape.js';

/** Every operator that the engine can compute, at least in some of its forms. */
const LOWERINGS: Lowerings = {
  ...activationLowerings,
  ...combineLowerings,
  ...convLowerings,
  ...normLowerings,
  ...poolLowerings,
  ...resizeLowerings,
  ...shapeLowerings,
};

export function lowering({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): Lowering | undefined {
  const key = domain === '' ? op : `${domain}:${op}`;
  return Object.hasOwn(LOWERINGS, key) ? LOWERINGS[key] : undefined;
}
