import { throwIfAborted } from '../bytes/response.js';
import type { PlatformAbortSignal } from '../base/globals.js';
import { checkOptions, optionNames } from '../base/options.js';
import type { Batch } from './batch.js';
import { epoch } from './data/batches.js';
import { expectDataset } from './data/checks.js';
import type { Dataset, DatasetStream } from './data/dataset.js';
import { inBatch } from './in-batch.js';
import type { Judged } from './judged.js';
import { Pauses } from './pause.js';
import { Batches } from './waiting.js';

/** How a data set is evaluated. */
export interface EvaluateOptions {
  /** Examples of a batch, from 1 on. Default 256. */
  readonly batchSize?: number | undefined;
  /** Ends it between two batches, and the wait for one. */
  readonly signal?: PlatformAbortSignal | undefined;
}

/** Which class was taken for which. */
export interface Confusion {
  /** Names of the classes, if the data has some. */
  readonly classes: readonly string[] | undefined;
  /** Examples by class and answer: `counts[truth * size + answer]`. */
  readonly counts: Uint32Array;
  /** Number of classes. */
  readonly size: number;
}

/** How good a network is on a data set, as at inference. */
export interface DataEvaluation {
  /** The weighted sum of the losses, each the mean over all examples (of cross-entropy, over those that count). */
  readonly loss: number;
  /** Part of the examples, or pixels, that are right, 0 to 1, where targets are classes. What is ignored does not count. */
  readonly accuracy: number | undefined;
  /** Which class was taken for which, where each example has one class. */
  readonly confusion: Confusion | undefined;
  /** Examples that were judged. */
  readonly examples: number;
}

/** What judges a batch, here or in a worker. */
export interface JudgeTarget {
  judge(batch: Batch): Judged | Promise<Judged>;
  /** Aborted when it ends for good: the wait for a batch then rejects with its reason. */
  readonly ended?: PlatformAbortSignal | undefined;
}

const OPTIONS = optionNames<EvaluateOptions>({ batchSize: true, signal: true });

/**
 * Judges all examples of a data set, in their order.
 * @param at - what it belongs to, for messages: 'epoch 1, validation, '
 * @throws ArgumentError for empty data or an option; AbortedError; what `judge` throws for a batch that does not fit
 */
export async function evaluateOn(target: JudgeTarget, dataset: Dataset | DatasetStream, options: EvaluateOptions = {}, at = ''): Promise<DataEvaluation> {
  expectDataset('evaluate', dataset);
  checkOptions('evaluate', options, OPTIONS);
  const { batchSize = 256, signal } = options;
  throwIfAborted(signal);
  const [sums, pauses] = [new Evaluating(dataset.classes), new Pauses()];
  const source = new Batches(epoch(dataset, { batchSize }), { signal, ended: target.ended });
  try {
    for (let count = 1, item = await source.read(); !item.done; item = await source.read(), count++) {
      sums.add(await judged(target, item.value, pauses, `${at}batch ${count}`));
      throwIfAborted(signal);
    }
  } finally {
    await source.leave();
  }
  return sums.result();
}

async function judged(target: JudgeTarget, batch: Batch, pauses: Pauses, at: string): Promise<Judged> {
  try {
    return await pauses.after(target.judge(batch));
  } catch (error) {
    throw inBatch(error, at);
  }
}

/** Whether it is a data set rather than a batch. */
export function isDataset(of: Batch | Dataset | DatasetStream): of is Dataset | DatasetStream {
  return typeof of === 'object' && of !== null && ('get' in of || 'batches' in of);
}

/** The sums of an evaluation. */
export class Evaluating {
  private readonly losses: number[] = [];
  private readonly amounts: number[] = [];
  private confusion: Confusion | undefined;
  private correct: number | undefined;
  private counted = 0;
  private examples = 0;

  constructor(private readonly classes?: readonly string[]) {}

  add(judged: Judged): void {
    judged.losses.forEach((loss, i) => {
      const amount = judged.amounts[i]!;
      this.amounts[i] = (this.amounts[i] ?? 0) + amount;
      // The mean over nothing is no number.
      this.losses[i] = (this.losses[i] ?? 0) + (amount === 0 ? 0 : loss * amount);
    });
    this.examples += judged.examples;
    if (judged.correct !== undefined) this.correct = (this.correct ?? 0) + judged.correct;
    this.counted += judged.counted;
    if (judged.answers) this.confuse(judged.answers);
  }

  result(): DataEvaluation {
    return {
      loss: this.losses.reduce((sum, loss, i) => sum + loss / this.amounts[i]!, 0),
      accuracy: this.correct === undefined ? undefined : this.correct / this.counted,
      confusion: this.confusion,
      examples: this.examples,
    };
  }

  private confuse({ classes: size, truths, answers }: NonNullable<Judged['answers']>): void {
    this.confusion ??= { classes: this.classes, counts: new Uint32Array(size * size), size };
    const { counts } = this.confusion;
    truths.forEach((truth, i) => {
      if (truth >= 0) counts[truth * size + answers[i]!]!++;
    });
  }
}
