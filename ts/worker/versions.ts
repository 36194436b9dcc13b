import { WorkerError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';

/**
 * Both sides check: an older one may not know that there is something to check.
 * @throws WorkerError saying which two versions met
 */
export function expectSameVersion(script: string, worker: string | undefined): void {
  if (script === worker) return;
  const got = worker ?? 'one without a version';
  const hint = 'serve worker.js of the same version as the script, and empty the caches between them';
  wrong('worker.js', `version ${script}, that of the script`, got, { as: WorkerError, hint });
}
