/** Asks the chapter's worker. */
import { wrap } from 'comlink';
import type { Remote } from 'comlink';
import { ComputeError } from '../../engine/compute-error.js';
import { failureOf } from '../../engine/failure.js';
import { kept } from '../../engine/offline.js';
import type { Asked, LookWork, Seen } from './look.worker.js';

let started: Promise<{ readonly remote: Remote<LookWork>; readonly failed: Promise<never> }> | undefined;

async function start(): Promise<{ readonly remote: Remote<LookWork>; readonly failed: Promise<never> }> {
  await kept;
  const worker = new Worker(new URL('./look.worker.ts', import.meta.url), { type: 'module', name: 'look' });
  const failed = failureOf(worker, () => { started = undefined; });
  return { remote: wrap<LookWork>(worker), failed };
}

/**
 * The channel, the map of edges and the number of the unit.
 * @throws ComputeError
 */
export async function look(asked: Asked): Promise<Seen> {
  started ??= start();
  const { remote, failed } = await started;
  const done = await Promise.race([remote.look(asked), failed]);
  if ('error' in done) throw new ComputeError(done.error);
  return done.value;
}
