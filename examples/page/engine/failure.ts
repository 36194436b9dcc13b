import { ComputeError } from './compute-error.js';

/**
 * Rejects when a worker fails: comlink waits for ever where one does not start, or dies. To be raced with its answers.
 * @param onFailure - called before it rejects, so that the next call may start another worker
 */
export function failureOf(worker: Worker, onFailure?: () => void): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) => {
      onFailure?.();
      reject(new ComputeError({ code: 'worker', message: message || 'the worker did not start' }));
    });
  });
  failed.catch(() => undefined);
  return failed;
}
