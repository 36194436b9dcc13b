import { GraphError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { Json, Op } from '../graph/op.js';
import { FACTORIES } from './all-factories.js';

/** @throws GraphError for a type that is not registered */
export function createOp(type: string, attrs: Json): Op {
  // Not a table made beforehand: an application that reads no graphs from files would carry it, and all operators with it.
  const factory = FACTORIES.find((known) => known.type === type);
  if (factory) return factory(attrs as never);
  wrong(undefined, 'the type of an operator', JSON.stringify(type), { as: GraphError });
}
