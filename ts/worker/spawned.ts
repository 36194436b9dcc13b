import type { Endpoint } from 'comlink';

/** A worker, the same for browsers and Node. */
export interface SpawnedWorker {
  readonly endpoint: Endpoint;
  /** Calls back once when the worker cannot answer any more; with a hint where it could not even start. */
  onDeath(died: (reason: string, cause?: unknown, hint?: string) => void): void;
  /** Ends it at once; resolves when it is gone. */
  terminate(): Promise<unknown>;
  /** Whether it keeps the process from exiting (Node). */
  hold(held: boolean): void;
}
