/** Starts the race in its worker, and ends the worker with it. */
import { proxy, wrap } from 'comlink';
import { ComputeError } from '../../engine/compute-error.js';
import { kept } from '../../engine/offline.js';
import type { Race } from './race.worker.js';
import type { Layer, Standing, Way } from './ways.js';

interface Started {
  readonly layer: Layer;
  readonly ways: readonly Way[];
  readonly rounds: number;
  readonly onStanding: (standing: Standing) => void;
  readonly signal: AbortSignal;
}

/**
 * Resolves at the end, or once it is stopped.
 * @throws ComputeError
 */
export async function race({ layer, ways, rounds, onStanding, signal }: Started): Promise<void> {
  await kept;
  if (signal.aborted) return;
  const worker = new Worker(new URL('./race.worker.ts', import.meta.url), { type: 'module', name: 'race' });
  try {
    // comlink waits for ever where a worker does not start, or was ended.
    const ended = new Promise<never>((_, reject) => worker.addEventListener('error', ({ message }) => reject(new ComputeError({ code: 'worker', message: message || 'the worker did not start' }))));
    const stopped = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
    const report = (standing: Standing): boolean => {
      if (!signal.aborted) onStanding(standing);
      return !signal.aborted;
    };
    const answer = await Promise.race([wrap<Race>(worker).race(layer, ways, rounds, proxy(report)), ended, stopped]);
    if (answer?.error) throw new ComputeError(answer.error);
  } finally {
    worker.terminate();
  }
}
