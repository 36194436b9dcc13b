const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A runner such as npx passes on a signal that the terminal has sent to all: the second of a pair is no second wish. */
const PAIR_MS = 1000;

/** How often it is looked whether the runner is still there. */
const LOOK_MS = 250;

/** Resolves with the first signal to end; one that comes later ends the process at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const heard = (): void => {
      if (first !== undefined && performance.now() - first > PAIR_MS) process.exit(1);
      first ??= performance.now();
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, heard);
    whenOrphaned(resolve);
  });
}

/**
 * npx and npm run put a shell between themselves and the command. They pass SIGTERM on to it alone: it dies, and the command, which has heard
 * nothing, is given to another parent. A command that was started otherwise may well outlive its parent.
 */
function whenOrphaned(end: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, LOOK_MS);
  timer.unref();
}
