import type { OnnxNode } from '../types.js';
import { castOps } from './cast.js';
import { controlOps } from './control.js';
import { convOps } from './conv.js';
import { deformOps } from './conv-deform.js';
import { detectOps } from './detect.js';
import { elementwiseOps } from './elementwise.js';
import { gatherOps } from './gather.js';
import { layoutOps } from './layout.js';
import { matmulOps } from './matmul.js';
import { einsumOps } from './matmul-einsum.js';
import { normOps } from './norm.js';
import { orderOps } from './order.js';
import { poolOps } from './pool.js';
import { quantizeOps } from './quantize.js';
import { quantizedOps } from './quantized.js';
import { reduceOps } from './reduce.js';
import { resizeOps } from './resize.js';
import { samplingOps } from './sampling.js';
import { shapeOps } from './shape.js';
import { sliceOps } from './slice.js';
import { softmaxOps } from './softmax.js';
import type { HostOp, HostOps } from './op.js';

/** Every operator that can be computed outside of the engine. */
const OPS: HostOps = {
  ...castOps,
  ...controlOps,
  ...convOps,
  ...deformOps,
  ...detectOps,
  ...elementwiseOps,
  ...gatherOps,
  ...layoutOps,
  ...matmulOps,
  ...einsumOps,
  ...normOps,
  ...orderOps,
  ...poolOps,
  ...quantizeOps,
  ...quantizedOps,
  ...reduceOps,
  ...resizeOps,
  ...samplingOps,
  ...shapeOps,
  ...sliceOps,
  ...softmaxOps,
};

export function hostOp({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): HostOp | undefined {
  const key = domain === '' ? op : `${domain}:${op}`;
  return Object.hasOwn(OPS, key) ? OPS[key] : undefined;
}

/** Inputs of which an operator sees type and shape, but not the numbers. */
const FORM_ONLY: Readonly<Record<string, readonly number[]>> = { CastLike: [1], EyeLike: [0], Shape: [0], Size: [0] };

export function seesOnlyForm({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>, input: number): boolean {
  return domain === '' && Object.hasOwn(FORM_ONLY, op) && FORM_ONLY[op]?.includes(input) === true;
}

/** Whether a node computes one of two subgraphs, `then_branch` or `else_branch`, as its first input says. */
export function choosesBranch({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): boolean {
  return domain === '' && op === 'If';
}

/** Whether a node makes a tensor of one number many times. */
export function onlyFills({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): boolean {
  return domain === '' && op === 'ConstantOfShape';
}
