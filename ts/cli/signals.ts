import { constants } from 'node:os';
import { AlreadyTold } from './output.js';

export type StopSignal = 'SIGINT' | 'SIGTERM';
const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];

/** A runner such as npx passes on a signal that the terminal has sent to all: the second of a pair is no second wish. */
const PAIR_MS = 1000;

/** How often it is looked whether the runner is still there. */
const LOOK_MS = 250;

/**
 * The wish of a user, or of the system, that a command end in order. Another one, later, ends the process at once.
 *
 * npx and npm run put a shell between themselves and the command, and pass SIGTERM on to it alone: it dies, and the command, which has heard
 * nothing, is given to another parent. That is the same wish. A command that was started otherwise may well outlive its parent.
 */
export class StopWish implements Disposable {
  private readonly abort = new AbortController();
  private readonly look: ReturnType<typeof setInterval> | undefined;
  private first: { readonly signal: StopSignal; readonly at: number } | undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.heard);
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const parent = process.ppid;
    this.look = setInterval(() => {
      if (process.ppid !== parent && this.first === undefined) this.heard('SIGTERM');
    }, LOOK_MS).unref();
  }

  /** Aborted with the first wish. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Which one it was; undefined as long as there is none. */
  get stopped(): StopSignal | undefined {
    return this.first?.signal;
  }

  /** Resolves with the first wish. */
  heardOf(): Promise<void> {
    const { signal } = this;
    return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  private readonly heard = (signal: StopSignal): void => {
    if (this.first && performance.now() - this.first.at > PAIR_MS) process.exit(exitCodeOf(signal));
    this.first ??= { signal, at: performance.now() };
    this.abort.abort();
  };

  [Symbol.dispose](): void {
    clearInterval(this.look);
    for (const signal of SIGNALS) process.removeListener(signal, this.heard);
  }
}

/** Ends the command as one that a signal ended. */
export function endedBy(signal: StopSignal): AlreadyTold {
  return new AlreadyTold('stopped', exitCodeOf(signal));
}

const exitCodeOf = (signal: StopSignal): number => 128 + constants.signals[signal];
