import { HAS_THREADED, instantiateThreaded, sharedMemory } from '../wasm/threaded.js';
import type { HelperStart, StartHelper } from '../wasm/threaded.js';
import type { ThreadSupport } from '../wasm/threads.js';
import type { HelperMessage, LifelineMessage } from './protocol.js';
import { hardwareThreads, selfEndpoint, sharingObstacle, spawnSibling } from './spawn.platform.js';
import type { SpawnedWorker } from './spawned.js';

/** Makes a worker a helper: tells it its role, and watches over it. */
export function startHelperIn(
  worker: SpawnedWorker,
  start: HelperStart,
  died: (reason: string) => void,
  lifeline?: MessagePort,
): ReturnType<StartHelper> {
  let over = false;
  worker.onDeath((reason) => {
    if (!over) died(reason);
    over = true;
  });
  const message: HelperMessage = { receptiveHelper: start, lifeline };
  worker.endpoint.postMessage(message, lifeline ? [lifeline] : []);
  return {
    terminate() {
      over = true;
      void worker.terminate();
    },
  };
}

/** Threads for an engine in a worker: its helpers are workers of that worker, and end with it. */
export const workerThreads: ThreadSupport = {
  obstacle: HAS_THREADED ? sharingObstacle() : 'this build has no threaded variants',
  hardware: hardwareThreads(),
  memory: sharedMemory,
  start: (module, memory, threads) =>
    instantiateThreaded({ module, memory }, threads, (start, died) => {
      const { port1, port2 } = new MessageChannel();
      const message: LifelineMessage = { receptiveLifeline: port1 };
      selfEndpoint().postMessage(message, [port1]);
      return startHelperIn(spawnSibling(), start, died, port2);
    }),
};
