import { GraphError } from '../errors.js';
import type { Json, Op, OpFactory } from './op.js';
import { activationOp } from './ops/activation.js';
import { addOp, concatOp, divOp, mulOp } from './ops/combine.js';
import { conv2dOp } from './ops/conv2d.js';
import { convTranspose2dOp } from './ops/conv-transpose2d.js';
import { flattenOp, identityOp } from './ops/flatten.js';
import { groupNormOp, layerNormOp } from './ops/group-norm.js';
import { linearOp } from './ops/linear.js';
import { batchNorm2dOp, localResponseNormOp } from './ops/norm.js';
import { padOp } from './ops/pad.js';
import { adaptiveAvgPool2dOp, globalPool2dOp, pool2dOp } from './ops/pool.js';
import { preluOp } from './ops/prelu.js';
import { mapLayoutOp, reshapeOp } from './ops/reshape.js';
import { softmaxOp } from './ops/softmax.js';
import { upsampleOp } from './ops/upsample.js';

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
