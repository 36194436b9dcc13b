import { isTensor } from '../tensor/tensor.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { Batch } from './batch.js';
import { applyAugmentation } from './data/apply.js';
import type { AugmentContext } from './data/apply.js';
import type { Augmentation } from './data/augment.js';
import type { RandomSource } from './data/random.js';

/** By how much a batch is changed before it is learned from. Is data, so that it can be posted to a worker. */
export interface AugmentStep extends AugmentContext {
  readonly augment: Augmentation;
  /** Which batch of the whole training it is: each is changed otherwise. */
  readonly round: number;
}

/** The batch as it is learned from. @throws ArgumentError for a batch that no data set gives, and what `applyAugmentation` throws */
export function augmented(batch: Batch, how: AugmentStep | undefined, random: RandomSource): Batch {
  if (!how) return batch;
  const { augment, round, ...context } = how;
  const { x } = batch;
  const y = withShape(batch.y);
  if (isTensor(x) && isTensor(y) && (y.dtype === 'int32' || y.dtype === 'float32')) return applyAugmentation(augment, { x, y }, random, round, context);
  return wrong('augment', 'tensors x and y, as a data set gives them', showValue(isTensor(x) ? y : x));
}

/** Classes in a list as a tensor [N]: a step takes both. */
function withShape(y: Batch['y']): unknown {
  const listed = Array.isArray(y) ? y.every((label) => Number.isInteger(label)) : y instanceof Int32Array || y instanceof Uint8Array || y instanceof Uint32Array;
  return listed ? { dtype: 'int32', shape: [(y as ArrayLike<number>).length], data: Int32Array.from(y as ArrayLike<number>) } : y;
}
