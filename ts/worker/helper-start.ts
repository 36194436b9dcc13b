import type { HelperStart, StartHelper } from '../wasm/thread-start.js';
import type { HelperMessage, LifelineMessage } from './protocol.js';
import { selfEndpoint } from './spawn.platform.js';
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

/** From inside a worker that has an engine: makes a further worker its helper, and gives whoever started the engine its lifeline. */
export function startHelperOf(worker: SpawnedWorker, start: HelperStart, died: (reason: string) => void): ReturnType<StartHelper> {
  const { port1, port2 } = new MessageChannel();
  const message: LifelineMessage = { receptiveLifeline: port1 };
  selfEndpoint().postMessage(message, [port1]);
  return startHelperIn(worker, start, died, port2);
}
