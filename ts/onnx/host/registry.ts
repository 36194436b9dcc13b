import type { OnnxNode } from '../types.js';
import { elementwiseOps } from './elementwise.js';
import type { HostOp, HostOps } from './op.js';

/** Every operator that can be computed outside of the engine. */
const OPS: HostOps = { ...elementwiseOps };

export function hostOp({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): HostOp | undefined {
  const key = domain === '' ? op : `${domain}:${op}`;
  return Object.hasOwn(OPS, key) ? OPS[key] : undefined;
}
