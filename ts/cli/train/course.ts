import { setImmediate } from 'node:timers/promises';
import { AbortedError } from '../../entries/index.js';
import type { Dataset, DataEvaluation, FitEpoch, FitOptions, FitStep, Trainer } from '../../entries/train-inline.js';
import { StopWish } from '../signals.js';
import type { StopSignal } from '../signals.js';

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

/**
 * Learns until all epochs are over, or a signal comes: then what was learned until then is saved. Another signal, later, ends the process
 * at once; the file is then what it was saved as before.
 */
export async function follow(course: Course): Promise<End> {
  using wish = new StopWish();
  try {
    return { validation: await learn(course, wish.signal), stopped: undefined };
  } catch (error) {
    if (!(error instanceof AbortedError) || !wish.stopped) throw error;
    course.save();
    return { validation: undefined, stopped: wish.stopped };
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
