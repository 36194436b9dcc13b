import type { Lowering, Lowerings } from '../onnx/form/lowering.js';
import type { OnnxNode } from '../onnx/form/types.js';
import { activationLowerings } from './activation/onnx.js';
import { combineLowerings } from './combine/onnx.js';
import { convTranspose2dLowerings } from './conv-transpose2d/onnx.js';
import { conv2dLowerings } from './conv2d/onnx.js';
import { groupNormLowerings } from './group-norm/onnx.js';
import { identityLowerings } from './identity/onnx.js';
import { linearLowerings } from './linear/onnx.js';
import { normLowerings } from './norm/onnx.js';
import { padLowerings } from './pad/onnx.js';
import { poolLowerings } from './pool/onnx.js';
import { preluLowerings } from './prelu/onnx.js';
import { reshapeLowerings } from './reshape/onnx.js';
import { softmaxLowerings } from './softmax/onnx.js';
import { upsampleLowerings } from './upsample/onnx.js';

/** Every ONNX operator that the engine can compute, at least in some of its forms: one line an operator of ours. */
const LOWERINGS: Lowerings = {
  ...activationLowerings,
  ...combineLowerings,
  ...convTranspose2dLowerings,
  ...conv2dLowerings,
  ...groupNormLowerings,
  ...identityLowerings,
  ...linearLowerings,
  ...normLowerings,
  ...padLowerings,
  ...poolLowerings,
  ...preluLowerings,
  ...reshapeLowerings,
  ...softmaxLowerings,
  ...upsampleLowerings,
};

/** How a node becomes operators of the engine; undefined where none does. */
export function lowering({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): Lowering | undefined {
  const key = domain === '' ? op : `${domain}:${op}`;
  return Object.hasOwn(LOWERINGS, key) ? LOWERINGS[key] : undefined;
}
