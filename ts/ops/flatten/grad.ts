import * as inference from '../../contract/steps.js';
import { count } from '../../graph/op.js';
import type { Json, Placed } from '../../graph/op.js';
import type { TrainContext, TrainRule } from '../../graph/rule.js';
import { flattenOp } from './op.js';
import type { FlattenAttrs } from './op.js';

/** The gradient of what only gives another shape: the same elements. */
export function reshaped(_: Json, context: TrainContext, dy: Placed): void {
  const x = context.input(0);
  context.gradient(x, (dx) => context.step(inference.unary({ x: dy.id, y: dx.id, len: count(dy.shape) })));
}

/** Flatten gives another shape and nothing else. */
export const flattenRule: TrainRule<FlattenAttrs> = { op: flattenOp, backward: reshaped };
