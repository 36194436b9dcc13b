import type { PlatformURL, PlatformWorker } from '../../base/globals.js';
import { beside, spawned, spawnGiven, spawnSibling } from '../spawn.web.js';
import type { SpawnedWorker } from '../spawned.js';

/**
 * A worker in which something learns.
 * @param given - in place of the one that ships
 * @throws WorkerError where there are no workers, or this one is refused
 */
export function spawnTrainer(given: string | PlatformURL | PlatformWorker | undefined): SpawnedWorker {
  if (given !== undefined) return spawnGiven(given);
  // The literal is what bundlers recognise.
  return spawned(() => new Worker(new URL('./train-worker.js', import.meta.url), { type: 'module' }), beside('train-worker.js'));
}

/** From inside it: a further one to help it, which ends with it. */
export const spawnTrainHelper = spawnSibling;
