import type { Lowering } from '../onnx/form/lowering.js';
import type { OnnxNode } from '../onnx/form/types.js';
import { LOWERINGS } from './all-lowerings.js';

/** How a node becomes operators of the engine; undefined where none does. */
export function lowering({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): Lowering | undefined {
  const key = domain === '' ? op : `${domain}:${op}`;
  return Object.hasOwn(LOWERINGS, key) ? LOWERINGS[key] : undefined;
}
