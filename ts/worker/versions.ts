import { WorkerError } from '../base/errors.js';

/**
 * Both sides check: an older one may not know that there is something to check.
 * @throws WorkerError saying which two versions met
 */
export function expectSameVersion(script: string, worker: string | undefined): void {
  if (script === worker) return;
  const got = worker ?? 'one without a version';
  const hint = 'serve worker.js of the same version as the script, and empty the caches between them';
  throw new WorkerError(`worker.js: script and worker script differ: expected version ${script}, got ${got}; ${hint}`, {
    place: 'worker.js',
    expected: script,
    got,
    hint,
  });
}
