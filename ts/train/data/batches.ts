import { checkOptions, optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Batch as AnyBatch } from '../batch.js';
import { examplesIn, expectDataset } from './checks.js';
import type { Dataset, DatasetStream } from './dataset.js';
import type { RandomSource } from './random.js';

/** How the examples of one epoch are read. */
export interface EpochOptions {
  /** Examples of a batch, from 1 on. */
  readonly batchSize: number;
  /** Absent: in the order of the data, as for an evaluation. */
  readonly random?: RandomSource | undefined;
  /** The epoch, from 0 on: each has an order of its own. Default 0. */
  readonly round?: number | undefined;
  /** The first batch to read: of an epoch that was interrupted, those before it are skipped without being read. Default 0. */
  readonly from?: number | undefined;
  /** Whether a last batch that is smaller is left out. Default false. */
  readonly dropLast?: boolean | undefined;
}

const OPTIONS = optionNames<EpochOptions>({ batchSize: true, random: true, round: true, from: true, dropLast: 'boolean' });

/**
 * The batches of one epoch, every example once.
 * @throws ArgumentError for what is no data set, empty data, or a number that has no meaning
 */
export async function* epoch<Of extends AnyBatch = AnyBatch>(dataset: Dataset<Of> | DatasetStream<Of>, options: EpochOptions): AsyncGenerator<Of, void, undefined> {
  expectDataset('epoch', dataset);
  checkOptions('epoch', options, OPTIONS);
  const { batchSize, random, round = 0, from = 0, dropLast = false } = (options as EpochOptions | undefined) ?? ({} as Partial<EpochOptions>);
  whole('epoch: batchSize', batchSize, 1);
  whole('epoch: round', round, 0);
  whole('epoch: from', from, 0);
  if (dataset.length === undefined) {
    let at = 0;
    for await (const batch of dataset.batches(batchSize, random && { random, round })) {
      if (at++ >= from && !(dropLast && examplesIn(batch) < batchSize)) yield batch;
    }
    return;
  }
  const n = dataset.length;
  const order = random ? random.permutation(round, n) : Uint32Array.from({ length: n }, (_, i) => i);
  const end = dropLast ? n - (n % batchSize) : n;
  for (let at = from * batchSize; at < end; at += batchSize) yield await dataset.get(order.subarray(at, Math.min(n, at + batchSize)));
}

/** How many batches an epoch of `length` examples has: the last may be smaller, unless it is dropped. */
export function batchesOf(length: number, batchSize: number, dropLast = false): number {
  return dropLast ? Math.floor(length / batchSize) : Math.ceil(length / batchSize);
}

function whole(place: string, value: unknown, least: number): asserts value is number {
  if (!(Number.isSafeInteger(value) && (value as number) >= least)) wrong(place, `a whole number from ${least} on`, showValue(value));
}
