import type { PlatformURL, PlatformWorker } from '../../base/globals.js';
import { beside, spawnAt, spawnGiven } from '../spawn.node.js';
import type { SpawnedWorker } from '../spawned.js';

const script = (): URL => beside('train-worker.js', () => new URL('./train-worker.js', import.meta.url));

/**
 * A worker in which something learns.
 * @param given - in place of the one that ships
 * @throws WorkerError where the script is not found; ArgumentError for a browser's worker
 */
export function spawnTrainer(given: string | PlatformURL | PlatformWorker | undefined): SpawnedWorker {
  return given === undefined ? spawnAt(script()) : spawnGiven(given);
}

/** From inside it: a further one to help it, which ends with it. */
export function spawnTrainHelper(): SpawnedWorker {
  return spawnAt(new URL(import.meta.url));
}
