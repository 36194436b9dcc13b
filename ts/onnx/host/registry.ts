import type { OnnxNode } from '../form/types.js';
import { attentionOps } from './attention/attention.js';
import { castOps } from './elementwise/cast.js';
import { controlOps } from './control/control.js';
import { col2ImOps } from './conv/col2im.js';
import { convOps } from './conv/conv.js';
import { deformOps } from './conv/deform.js';
import { detectOps } from './detect/detect.js';
import { elementwiseOps } from './elementwise/elementwise.js';
import { gatherOps } from './gather/gather.js';
import { layoutOps } from './shape/layout.js';
import { matmulOps } from './matmul/matmul.js';
import { einsumOps } from './matmul/einsum.js';
import { normOps } from './norm/norm.js';
import { orderOps } from './reduce/order.js';
import { poolOps } from './pool/pool.js';
import { quantizeOps } from './quantized/quantize.js';
import { quantizedOps } from './quantized/quantized.js';
import { recurrentOps } from './recurrent/recurrent.js';
import { reduceOps } from './reduce/reduce.js';
import { resizeOps } from './resize/resize.js';
import { scanOps } from './control/scan.js';
import { samplingOps } from './resize/sampling.js';
import { shapeOps } from './shape/shape.js';
import { sliceOps } from './shape/slice.js';
import { softmaxOps } from './norm/softmax.js';
import type { HostOp, HostOps } from './lib/op.js';

/** Every operator that can be computed outside of the engine. */
const OPS: HostOps = {
  ...attentionOps,
  ...castOps,
  ...controlOps,
  ...col2ImOps,
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
  ...recurrentOps,
  ...reduceOps,
  ...resizeOps,
  ...scanOps,
  ...samplingOps,
  ...shapeOps,
  ...sliceOps,
  ...softmaxOps,
};

/** How an operator is computed outside of the engine, and what planning may know of it. */
export function hostOp({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): HostOp | undefined {
  const key = domain === '' ? op : `${domain}:${op}`;
  const found = Object.hasOwn(OPS, key) ? OPS[key] : undefined;
  return typeof found === 'function' ? { compute: found } : found;
}
