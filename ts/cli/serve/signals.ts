const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A runner such as npx passes on a signal that the terminal has sent to all: the second of a pair is no second wish. */
const PAIR_MS = 1000;

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
  });
}
