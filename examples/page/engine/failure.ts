import { ComputeError } from './compute-error.js';

const ENDED = 'ended';

/** Ends a worker. What waits for its answers is rejected, as `failureOf` says. */
export function endWorker(worker: Worker): void {
  worker.terminate();
  worker.dispatchEvent(new Event(ENDED));
}

/**
 * Rejects when a worker fails or is ended: comlink waits for ever where one does not start, or dies. To be raced with its answers.
 * @param onFailure - called before it rejects, so that the next call may start another worker
 */
export function failureOf(worker: Worker, onFailure?: () => void): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) => {
      onFailure?.();
      reject(new ComputeError({ code: 'worker', message: message || 'the worker did not start' }));
    });
    worker.addEventListener(ENDED, () => reject(new ComputeError({ code: 'worker', message: 'the worker was ended before it answered' })));
  });
  failed.catch(() => undefined);
  return failed;
}
