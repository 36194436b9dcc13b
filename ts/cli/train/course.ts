import { constants } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { AbortedError } from '../../entries/index.js';
import type { Dataset, DataEvaluation, FitEpoch, FitOptions, FitStep, Trainer } from '../../entries/train-inline.js';
import { AlreadyTold } from '../output.js';

/** One training from where it begins to its end. */
export interface Course {
  readonly trainer: Trainer;
  readonly train: Dataset;
  readonly options: FitOptions & { readonly epochs: number };
  /** Updates between two saves, beside those after each epoch. */
  readonly saveEvery: number | undefined;
  readonly save: () => void;
  /** What is done with what was saved, before an epoch is told. */
  readonly afterEpoch?: () => Promise<void>;
  readonly onStep: (step: FitStep) => void;
  readonly onEpoch: (epoch: FitEpoch) => void;
}

/** How it ended. */
export interface End {
  readonly validation: DataEvaluation | undefined;
  /** What stopped it before its end. */
  readonly stopped: StopSignal | undefined;
}

type StopSignal = 'SIGINT' | 'SIGTERM';
const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];

/** A runner such as npx passes on a signal that the terminal has sent to all: the second of a pair is no second wish. */
const PAIR_MS = 1000;

/**
 * Learns until all epochs are over, or a signal comes: then what was learned until then is saved. Another signal, later, ends the process
 * at once; the file is then what it was saved as before.
 */
export async function follow(course: Course): Promise<End> {
  const abort = new AbortController();
  let first: { readonly signal: StopSignal; readonly at: number } | undefined;
  const stop = (signal: StopSignal): void => {
    if (first && performance.now() - first.at > PAIR_MS) process.exit(exitCodeOf(signal));
    first ??= { signal, at: performance.now() };
    abort.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return { validation: await learn(course, abort.signal), stopped: undefined };
  } catch (error) {
    if (!(error instanceof AbortedError) || !first) throw error;
    course.save();
    return { validation: undefined, stopped: first.signal };
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
  }
}

async function learn(course: Course, signal: AbortSignal): Promise<DataEvaluation | undefined> {
  const { trainer, train, options, saveEvery, save, afterEpoch, onStep, onEpoch } = course;
  // Of a training that was resumed, what is left.
  const done = trainer.position.first;
  let last: DataEvaluation | undefined;
  if (done >= options.epochs) save();
  else {
    for await (const report of trainer.fit(train, { ...options, epochs: options.epochs - done, signal })) {
      const counted = { ...report, epoch: report.epoch + done, epochs: options.epochs };
      if (counted.kind === 'epoch') {
        save();
        await afterEpoch?.();
        onEpoch(counted);
        last = counted.validation;
      } else {
        if (saveEvery !== undefined && counted.step % saveEvery === 0) save();
        onStep(counted);
      }
      // Signals come between two turns of the loop.
      await setImmediate();
    }
  }
  return last ?? (options.validation && (await trainer.evaluate(options.validation, { signal })));
}

/** Ends the command as one that a signal ended. */
export function endedBy(signal: StopSignal): AlreadyTold {
  return new AlreadyTold('stopped', exitCodeOf(signal));
}

const exitCodeOf = (signal: StopSignal): number => 128 + constants.signals[signal];
