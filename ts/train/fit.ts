import type { PlatformAbortSignal } from '../base/globals.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { throwIfAborted } from '../bytes/response.js';
import { augmented } from './augmented.js';
import type { AugmentStep } from './augmented.js';
import type { Batch } from './batch.js';
import { augment } from './data/augment.js';
import type { Augmentation, AugmentOptions } from './data/augment.js';
import { batchesOf, epoch } from './data/batches.js';
import { examplesIn, expectDataset, expectEveryClass } from './data/checks.js';
import type { Dataset, DatasetStream } from './data/dataset.js';
import type { RandomSource } from './data/random.js';
import { evaluateOn } from './evaluate.js';
import type { DataEvaluation, JudgeTarget } from './evaluate.js';
import { inBatch } from './in-batch.js';
import { endsWithOne, expectLast } from './last-batch.js';
import { Pauses } from './pause.js';
import { Pace } from './pace.js';
import { afterBatch, afterRound, begin } from './position.js';
import type { Position } from './position.js';
import type { StepReport } from './reports.js';
import { Batches, unlessEnded } from './waiting.js';

/** How a network is fitted to a data set. */
export interface FitOptions {
  /** How often all examples are gone through, from 1 on. Default 1. */
  readonly epochs?: number | undefined;
  /** Examples of a batch, from 1 on. Default 64. */
  readonly batchSize?: number | undefined;
  /** Judged after each epoch. */
  readonly validation?: Dataset | DatasetStream | undefined;
  /** By how much examples are changed at random, each time anew. Default not at all. */
  readonly augment?: Augmentation | AugmentOptions | undefined;
  /** Whether each epoch has an order of its own, by the trainer's seed. Default true. */
  readonly shuffle?: boolean | undefined;
  /** Whether a last batch that is smaller is left out. Default false. */
  readonly dropLast?: boolean | undefined;
  /** Ends it between two steps, and the wait for a batch: what was learned until then stays, and another `fit` goes on from there. */
  readonly signal?: PlatformAbortSignal | undefined;
  /** A step is reported every so many steps of an epoch, from 1 on. Default 1. */
  readonly every?: number | undefined;
}

/** A step of a fit. */
export interface FitStep extends StepReport {
  /** Tells it from the report of an epoch. */
  readonly kind: 'step';
  /** From 1 on. */
  readonly epoch: number;
  /** Of the option `epochs`. */
  readonly epochs: number;
  /** From 1 on. */
  readonly batch: number;
  /** Batches of an epoch; not known of a stream. */
  readonly batches: number | undefined;
  /** Examples a second so far; what the reports are used for does not count. */
  readonly imagesPerSecond: number;
  /** Seconds until all epochs are over, validation left aside; not known of a stream. */
  readonly secondsLeft: number | undefined;
}

/** An epoch of a fit. */
export interface FitEpoch {
  /** Tells it from the report of a step. */
  readonly kind: 'epoch';
  /** From 1 on. */
  readonly epoch: number;
  /** Of the option `epochs`. */
  readonly epochs: number;
  /** Mean over the examples of the epoch, each judged before it was learned from. */
  readonly loss: number;
  /** Part that was right, 0 to 1, as `loss` over the epoch; where targets are classes. */
  readonly accuracy: number | undefined;
  /** Seconds spent on the epoch; of one that was resumed, on its rest. */
  readonly seconds: number;
  /** Examples a second. */
  readonly imagesPerSecond: number;
  /** How good the network is on the data of the option `validation`. */
  readonly validation: DataEvaluation | undefined;
}

/** What a fit tells while it goes on. */
export type FitReport = FitStep | FitEpoch;

/** What learns, here or in a worker. */
export interface FitTarget extends JudgeTarget {
  /** Of the trainer's seed. */
  readonly random: RandomSource;
  /** Is set after each step, and belongs into what is saved. */
  position: Position;
  /** Learns from a batch, changed at random before. */
  step(batch: Batch, how?: AugmentStep): StepReport | Promise<StepReport>;
  /** Forward and back, with nothing changed, the batch included: tells at the start whether a last batch of one example can be learned from. */
  gradients?(batch: Batch): unknown;
}

const OPTIONS = optionNames<FitOptions>({
  epochs: true, batchSize: true, validation: true, augment: true, shuffle: 'boolean', dropLast: 'boolean', signal: true, every: true,
});

/** A fit, checked. */
interface Fit {
  readonly target: FitTarget;
  readonly dataset: Dataset | DatasetStream;
  readonly options: FitOptions;
  readonly epochs: number;
  readonly batchSize: number;
  readonly every: number;
  /** Batches of a round, where that is known. */
  readonly batches: number | undefined;
  readonly augmentation: Augmentation | undefined;
  readonly pace: Pace;
  readonly pauses: Pauses;
}

/**
 * Goes through a data set several times, and learns. The order of the examples and their augmentation follow from the seed and the
 * round. Where a fit of the same data was left (by `break`, by a signal, or since the trainer was resumed), this one goes on in the
 * middle of its round.
 * @throws ArgumentError for options, empty data, or data in which a class is missing, at once; for a fit while another one of the same
 *   target is under way, when it begins; while it goes on what `step` throws, with its epoch and batch, and AbortedError
 */
export function fitOn(target: FitTarget, dataset: Dataset | DatasetStream, options: FitOptions = {}): AsyncGenerator<FitReport, void, undefined> {
  return rounds(checked(target, dataset, options));
}

function checked(target: FitTarget, dataset: Dataset | DatasetStream, options: FitOptions): Fit {
  checkOptions('fit', options, OPTIONS);
  const { epochs = 1, batchSize = 64, every = 1, dropLast = false, augment: of, validation, signal } = options;
  for (const [name, value] of Object.entries({ epochs, batchSize, every })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) wrong(`fit: ${name}`, 'a whole number from 1 on', showValue(value));
  }
  throwIfAborted(signal);
  expectDataset('fit: dataset', dataset);
  if (validation !== undefined) expectDataset('fit: validation', validation);
  const { length } = dataset;
  if (length !== undefined) {
    const { classes, labels } = dataset;
    if (dropLast && length < batchSize) wrong('fit: batchSize', `${length} or less, as dropLast leaves smaller batches out`, String(batchSize));
    if (classes && labels) expectEveryClass('fit: dataset', labels, classes.length, classes);
  }
  const batches = length === undefined ? undefined : batchesOf(length, batchSize, dropLast);
  const augmentation = of && (isAugmentation(of) ? of : augment(of));
  return { target, dataset, options, epochs, batchSize, every, batches, augmentation, pace: new Pace(), pauses: new Pauses() };
}

/** What `augment` has checked. */
const isAugmentation = (of: Augmentation | AugmentOptions): of is Augmentation => typeof of.flip === 'object';

/** Each has one position, which two fits would both move. */
const underWay = new WeakSet<FitTarget>();

async function* rounds(fit: Fit): AsyncGenerator<FitReport, void, undefined> {
  const { target } = fit;
  if (underWay.has(target)) wrong('fit', 'one fit of a trainer at a time', 'another while one is under way', { hint: 'end that one first: by break, return() or its signal' });
  underWay.add(target);
  try {
    yield* allRounds(fit);
  } finally {
    underWay.delete(target);
  }
}

async function* allRounds(fit: Fit): AsyncGenerator<FitReport, void, undefined> {
  const { target, dataset, batchSize, epochs, options } = fit;
  target.position = begin(target.position, dataset, batchSize, epochs);
  const { first, round: begun } = target.position;
  for (let round = begun; round < first + epochs; round++) {
    const before = fit.pace.total;
    yield* steps(fit, round === begun);
    const { sums } = target.position;
    target.position = afterRound(target.position, epochs);
    const { validation: data, signal } = options;
    const validation = data && (await evaluateOn(target, data, { signal }, `epoch ${round - first + 1}, validation, `));
    yield {
      kind: 'epoch', epoch: round - first + 1, epochs,
      loss: sums.loss / sums.examples, accuracy: sums.judged === 0 ? undefined : sums.accuracy / sums.judged,
      ...fit.pace.since(before), validation,
    };
  }
}

/** The steps of one round. While one is computed, the next batch is read. */
async function* steps(fit: Fit, isFirst: boolean): AsyncGenerator<FitStep, void, undefined> {
  const { target, every, batches, pace, options } = fit;
  const source = new Batches(read(fit), { signal: options.signal, ended: target.ended });
  let next = source.ahead();
  let untried = isFirst;
  try {
    pace.start();
    for (let item = await source.read(next); !item.done; item = await source.read(next)) {
      throwIfAborted(options.signal);
      next = source.ahead();
      const batch = item.value;
      if (untried) await expectLastOf(fit, batch);
      untried = false;
      const report = await learn(fit, batch);
      const examples = examplesIn(batch);
      const { skipped, loss, accuracy } = report;
      const position = afterBatch(target.position, examples, skipped ? undefined : loss, skipped ? undefined : accuracy);
      target.position = position;
      pace.add(examples);
      if (position.batch % every !== 0) continue;
      pace.stop();
      yield { kind: 'step', ...report, ...progressOf(fit, position), batch: position.batch, batches, ...speedOf(fit, position) };
      pace.start();
    }
  } finally {
    pace.stop();
    await source.leave();
  }
  if (target.position.batch === 0) wrong('fit: dataset', 'at least one batch', 'none');
}

function read({ target, dataset, batchSize, options }: Fit) {
  const { round, batch: from } = target.position;
  const { shuffle = true, dropLast } = options;
  return epoch(dataset, { batchSize, round, from, dropLast, random: shuffle ? target.random : undefined });
}

/** Once for each fit: the first batch has been read, nothing has been learned. */
async function expectLastOf(fit: Fit, first: Batch): Promise<void> {
  const { target, dataset, batchSize, options: { dropLast, signal }, augmentation } = fit;
  const round = { length: dataset.length, batchSize, dropLast };
  if (!target.gradients || dataset.length === undefined || !endsWithOne(round)) return;
  const one = await unlessEnded(Promise.resolve(dataset.get(Uint32Array.of(0))), { signal, ended: target.ended });
  // One example is mixed with none.
  const how = augmentStep({ ...fit, augmentation: augmentation && { ...augmentation, mixup: 0 } });
  await expectLast(round, augmented(one, how, target.random), augmented(first, how, target.random), (batch) => target.gradients!(batch));
}

async function learn(fit: Fit, batch: Batch): Promise<StepReport> {
  const { target, pauses, augmentation } = fit;
  try {
    return await pauses.after(target.step(batch, augmentStep(fit)));
  } catch (error) {
    const { epoch: at } = progressOf(fit, target.position);
    const mixed = (augmentation?.mixup ?? 0) > 0;
    throw inBatch(error, `epoch ${at}, batch ${target.position.batch + 1}`, ({ code, place }) => (mixed && code === 'shape' && place === 'y' ? MIXED : undefined));
  }
}

const MIXED = 'mixup makes probabilities of classes, which the loss softCrossEntropy takes';

function augmentStep({ target, dataset, augmentation }: Fit): AugmentStep | undefined {
  return augmentation && { augment: augmentation, round: target.position.drawn, zero: dataset.zero };
}

function progressOf({ epochs }: Fit, { round, first }: Position): Pick<FitStep, 'epoch' | 'epochs'> {
  return { epoch: round - first + 1, epochs };
}

function speedOf({ pace, dataset, batchSize, batches, epochs }: Fit, { first, round, batch }: Position): Pick<FitStep, 'imagesPerSecond' | 'secondsLeft'> {
  const { imagesPerSecond } = pace.since();
  if (batches === undefined || dataset.length === undefined) return { imagesPerSecond, secondsLeft: undefined };
  const ofRound = Math.min(dataset.length, batches * batchSize);
  const images = ofRound * (first + epochs - round) - Math.min(ofRound, batch * batchSize);
  return { imagesPerSecond, secondsLeft: images / imagesPerSecond };
}
