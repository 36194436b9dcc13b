import { WorkerError } from '../errors.js';
import { VERSION } from '../version.js';

/** Both sides check: an older one may not know that there is something to check. */
export function expectVersion(other: string | undefined): void {
  if (other === VERSION) return;
  const got = other ?? 'one without a version';
  const hint = 'serve worker.js of the same version as the script, and empty the caches between them';
  throw new WorkerError(`worker.js: script and worker script differ: expected version ${VERSION}, got ${got}; ${hint}`, {
    place: 'worker.js',
    expected: VERSION,
    got,
    hint,
  });
}
