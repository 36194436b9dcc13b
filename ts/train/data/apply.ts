import { ShapeError } from '../../base/errors.js';
import { showShape, showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { isTensor } from '../../tensor/tensor.js';
import type { Augmentation } from './augment.js';
import type { Batch } from './dataset.js';
import { Draws } from './draws.js';
import { erase } from './erase.js';
import { brighten, contrast } from './light.js';
import { mixup } from './mixup.js';
import { moved, moves } from './place.js';
import type { RandomSource } from './random.js';

/** What an augmentation knows of the data. */
export interface AugmentContext {
  /** How many classes there are: mix-up makes probabilities of them. */
  readonly classes?: number | undefined;
  /** What a pixel of value 0 has become, as `Dataset.zero`. Default 0. */
  readonly zero?: readonly number[] | undefined;
}

/**
 * A batch, changed at random: examples are moved, brightened, erased, and mixed with each other, in this order. The same seed and
 * round give the same batch.
 * @param round - which batch of the whole training it is
 * @returns a new batch, of another size after a crop, with probabilities as targets after mix-up; the argument is left alone
 * @throws ShapeError for what are no images [N, C, H, W], or a crop that does not fit; ArgumentError and UnsupportedError for targets
 *   that cannot be mixed
 */
export function applyAugmentation(of: Augmentation, batch: Batch, random: RandomSource, round: number, { classes, zero = [0] }: AugmentContext = {}): Batch {
  const x: unknown = typeof batch === 'object' && batch !== null ? batch.x : undefined;
  if (!isTensor(x) || x.dtype !== 'float32' || x.shape.length === 0) wrong('augment', 'a batch { x, y } whose x is float32', isTensor(x) ? `${x.dtype} ${showShape(x.shape)}` : showValue(x));
  if (!isTensor(batch.y)) wrong('augment', 'a batch { x, y } whose y is a tensor', showValue(batch.y));
  const { shape } = batch.x;
  const n = shape[0]!;
  const draws = new Draws(random, round, n);
  const fill = of.fill ?? zero;
  const changes = moves(of) || of.erase > 0 || of.brightness > 0 || of.contrast > 0;
  if (changes && shape.length !== 4) wrong('augment', 'images [N, C, H, W]', showShape(shape), { as: ShapeError });
  let result = moves(of) ? moved(batch, of, draws, fill) : { x: { ...batch.x, data: batch.x.data.slice() }, y: batch.y };
  const [, channels, height, width] = result.x.shape as [number, number, number, number];
  const { data } = result.x;
  if (of.brightness > 0) brighten(data, height * width, channels, of.brightness, draws, zero);
  if (of.contrast > 0) contrast(data, height * width, channels, of.contrast, draws);
  if (of.erase > 0) erase(data, n, { height, width }, of.erase, draws, fill);
  if (of.mixup > 0) result = mixup(result, of.mixup, draws, classes);
  return result;
}
