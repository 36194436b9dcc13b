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

/** Operators of ONNX that look at the shape of their input and nothing else. */
const READS_SHAPES = new Set(['Shape', 'Size']);

export function readsOnlyShapes({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): boolean {
  return domain === '' && READS_SHAPES.has(op);
}

/** Whether a node computes one of two subgraphs, `then_branch` or `else_branch`, as its first input says. */
export function choosesBranch({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): boolean {
  return domain === '' && op === 'If';
}
