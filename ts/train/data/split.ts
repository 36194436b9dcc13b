import { checkOptions, optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Batch as AnyBatch } from '../batch.js';
import { expectDataset, expectEveryClass, expectIndices, expectSome } from './checks.js';
import type { Dataset } from './dataset.js';
import { seededRandom } from './random.js';
import type { RandomSource } from './random.js';

/** The round whose order splits: no epoch has that number. */
const SPLIT_ROUND = 0xffffffff;

/** How data is split. */
export interface SplitOptions {
  /** Part of the examples that is kept for validation, above 0 and below 1; or how many they are. */
  readonly validation: number;
  /** Of the seed. Default `seededRandom(0)`. */
  readonly random?: RandomSource | undefined;
  /** Whether each class gives the same part. Default: if the examples have a class each. */
  readonly stratified?: boolean | undefined;
}

const OPTIONS = optionNames<SplitOptions>({ validation: true, random: true, stratified: 'boolean' });

/** Two parts that share no example. */
export interface Split<Of extends AnyBatch = AnyBatch> {
  /** To learn from. */
  readonly train: Dataset<Of>;
  /** To judge by. */
  readonly validation: Dataset<Of>;
}

/**
 * Splits by seed: the same seed gives the same parts. Each class gives its part to within one example, and at least one example to
 * the training part.
 * @throws ArgumentError for a part that leaves nothing on one side, or a class of which the training part would have no example
 */
export function split<Of extends AnyBatch = AnyBatch>(dataset: Dataset<Of>, options: SplitOptions): Split<Of> {
  expectDataset('split', dataset, false);
  checkOptions('split', options, OPTIONS);
  const { validation, random = seededRandom(0), stratified = dataset.labels !== undefined } = options ?? ({} as Partial<SplitOptions>);
  if (typeof (random as Partial<RandomSource>).permutation !== 'function') wrong('split: random', 'what seededRandom gives', showValue(random));
  const n = dataset.length;
  const fits = typeof validation === 'number' && validation > 0 && (validation < 1 || (Number.isInteger(validation) && validation < n));
  const wanted = fits ? (validation < 1 ? Math.round(validation * n) : validation) : 0;
  if (wanted < 1 || wanted >= n) {
    wrong('split: validation', `a part above 0 and below 1, or a number of examples from 1 to ${n - 1}`, showValue(validation), { hint: 'both parts need examples' });
  }
  if (stratified && !dataset.labels) wrong('split: stratified', 'a data set with a class for each example', 'one without');
  const order = random.permutation(SPLIT_ROUND, n);
  const taken = stratified ? takeByClass(order, dataset.labels!, wanted) : new Set(order.subarray(0, wanted));
  if (taken.size === 0) {
    const hint = 'a class that has one example keeps it to be learned from; stratified: false takes any';
    wrong('split: validation', 'at least one example for this part', 'none', { hint });
  }
  const parts = { train: subset(dataset, order.filter((i) => !taken.has(i)).sort()), validation: subset(dataset, order.filter((i) => taken.has(i)).sort()) };
  if (dataset.classes && parts.train.labels) expectEveryClass('the training part', parts.train.labels, dataset.classes.length, dataset.classes);
  return parts;
}

/** The first of each class in the order, as many as is their part of `wanted` (by largest remainder), but never all. */
function takeByClass(order: Uint32Array, labels: ArrayLike<number>, wanted: number): Set<number> {
  const byClass = new Map<number, number[]>();
  for (const i of order) {
    const members = byClass.get(labels[i]!);
    if (members) members.push(i);
    else byClass.set(labels[i]!, [i]);
  }
  const groups = [...byClass].sort(([a], [b]) => a - b).map(([, members]) => {
    const exact = (members.length * wanted) / order.length;
    return { members, most: members.length - 1, take: Math.min(Math.floor(exact), members.length - 1), rest: exact - Math.floor(exact) };
  });
  let left = wanted - groups.reduce((sum, { take }) => sum + take, 0);
  // The sort is stable: of equal remainders the lower class is first.
  for (const group of [...groups].sort((a, b) => b.rest - a.rest)) {
    if (left > 0 && group.take < group.most) [group.take, left] = [group.take + 1, left - 1];
  }
  return new Set(groups.flatMap(({ members, take }) => members.slice(0, take)));
}

/**
 * Some examples of a data set as a data set of their own.
 * @throws ArgumentError for no indices, or one that no example has
 */
export function subset<Of extends AnyBatch = AnyBatch>(dataset: Dataset<Of>, indices: ArrayLike<number>): Dataset<Of> {
  expectDataset('subset', dataset, false);
  if (!Number.isSafeInteger((indices as ArrayLike<number> | undefined)?.length)) wrong('subset: indices', 'a list of indices', showValue(indices));
  expectSome('subset', indices.length);
  expectIndices(indices, dataset.length);
  const kept = Uint32Array.from(indices);
  const { classes, labels, zero } = dataset;
  return {
    length: kept.length,
    classes,
    zero,
    labels: labels && Int32Array.from(kept, (i) => labels[i]!),
    get: (wanted) => {
      expectIndices(wanted, kept.length);
      return dataset.get(Uint32Array.from(wanted, (i) => kept[i]!));
    },
  };
}
