import { AbortedError } from '../base/errors.js';
import type { PlatformAbortSignal } from '../base/globals.js';
import { throwIfAborted } from '../bytes/response.js';

/** What ends the wait for a batch. */
export interface Ends {
  /** The caller's: an AbortedError. */
  readonly signal?: PlatformAbortSignal | undefined;
  /** Of what learns: its reason is the error, as a DisposedError. */
  readonly ended?: PlatformAbortSignal | undefined;
}

/** Batches one after the other. A source that stalls holds nobody: neither who wants to end, nor who leaves. */
export class Batches<Item> {
  private reading = false;

  constructor(
    private readonly items: AsyncGenerator<Item, void, undefined>,
    private readonly ends: Ends,
  ) {}

  /** Begins to read the next one. A failure is no unhandled one while nobody waits for it. */
  ahead(): Promise<IteratorResult<Item, void>> {
    this.reading = true;
    const over = (): void => void (this.reading = false);
    const next = this.items.next();
    next.then(over, over);
    return next;
  }

  /** The next one, once it is there. @throws what the source throws, or what ends the wait */
  read(next = this.ahead()): Promise<IteratorResult<Item, void>> {
    return unlessEnded(next, this.ends);
  }

  /** Lets the source go; while it reads, without waiting for it, and what fails there is nobody's concern any more. */
  async leave(): Promise<void> {
    const left = this.items.return().catch(() => undefined);
    if (!this.reading) await left;
  }
}

/**
 * A promise, unless its wait is ended. Listeners are taken away after each wait: a signal that lives long must not keep all batches.
 * @throws what the promise is rejected with, or what ends the wait
 */
export async function unlessEnded<Item>(pending: Promise<Item>, ends: Ends): Promise<Item> {
  throwIfEnded(ends);
  const { signal, ended } = ends;
  let stop = (): void => undefined;
  const end = new Promise<void>((resolve) => (stop = resolve));
  for (const each of [signal, ended]) each?.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([pending, end]);
  } finally {
    for (const each of [signal, ended]) each?.removeEventListener('abort', stop);
  }
  throwIfEnded(ends);
  return pending;
}

function throwIfEnded({ signal, ended }: Ends): void {
  throwIfAborted(signal);
  if (ended?.aborted) throw ended.reason instanceof Error ? ended.reason : new AbortedError('aborted', { cause: ended.reason });
}
