import { GraphError } from '../base/errors.js';
import type { Json, Op, OpFactory } from '../graph/op.js';
import { activationOp } from './activation/op.js';
import { addOp, concatOp, divOp, mulOp } from './combine/op.js';
import { conv2dOp } from './conv2d/op.js';
import { convTranspose2dOp } from './conv-transpose2d/op.js';
import { flattenOp } from './flatten/op.js';
import { groupNormOp, layerNormOp } from './group-norm/op.js';
import { identityOp } from './identity/op.js';
import { linearOp } from './linear/op.js';
import { batchNorm2dOp, localResponseNormOp } from './norm/op.js';
import { padOp } from './pad/op.js';
import { adaptiveAvgPool2dOp, globalPool2dOp, pool2dOp } from './pool/op.js';
import { preluOp } from './prelu/op.js';
import { mapLayoutOp, reshapeOp } from './reshape/op.js';
import { softmaxOp } from './softmax/op.js';
import { upsampleOp } from './upsample/op.js';

type AnyFactory = OpFactory<never>;

/** Every operator type, so that a graph that was posted or read from a file comes to life: one line an operator. */
const FACTORIES: readonly AnyFactory[] = [
  activationOp,
  adaptiveAvgPool2dOp,
  addOp,
  batchNorm2dOp,
  concatOp,
  conv2dOp,
  convTranspose2dOp,
  divOp,
  flattenOp,
  globalPool2dOp,
  groupNormOp,
  identityOp,
  layerNormOp,
  linearOp,
  localResponseNormOp,
  mapLayoutOp,
  mulOp,
  padOp,
  pool2dOp,
  preluOp,
  reshapeOp,
  softmaxOp,
  upsampleOp,
];

const BY_TYPE = new Map(FACTORIES.map((factory) => [factory.type, factory]));

/** @throws GraphError for a type that is not registered */
export function createOp(type: string, attrs: Json): Op {
  const factory = BY_TYPE.get(type);
  if (factory) return factory(attrs as never);
  throw new GraphError(`no operator of type ${JSON.stringify(type)}`, { got: type });
}
