import { GraphError } from '../base/errors.js';
import type { Json, Op } from '../graph/op.js';
import { FACTORIES } from './all-factories.js';

const BY_TYPE = new Map(FACTORIES.map((factory) => [factory.type, factory]));

/** @throws GraphError for a type that is not registered */
export function createOp(type: string, attrs: Json): Op {
  const factory = BY_TYPE.get(type);
  if (factory) return factory(attrs as never);
  throw new GraphError(`no operator of type ${JSON.stringify(type)}`, { got: type });
}
