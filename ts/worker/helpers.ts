import { HAS_THREADED, instantiateThreaded, sharedMemory } from '../wasm/threaded.js';
import type { ThreadSupport } from '../wasm/threads.js';
import { startHelperOf } from './helper-start.js';
import { hardwareThreads, sharingObstacle, spawnSibling } from './spawn.platform.js';

/** Threads for an engine in a worker: its helpers are workers of that worker, and end with it. */
export const workerThreads: ThreadSupport = {
  obstacle: HAS_THREADED ? sharingObstacle() : 'this build has no threaded variants',
  hardware: hardwareThreads(),
  memory: sharedMemory,
  start: (module, memory, threads) => instantiateThreaded({ module, memory }, threads, (start, died) => startHelperOf(spawnSibling(), start, died)),
};
