import type { Worker } from 'node:worker_threads';

/** From now on a worker hears nothing, so that a call to it is still open when a test ends it, however fast the machine is. */
export function deafen(worker: Worker | undefined): Worker {
  if (!worker) throw new Error('no worker was started');
  worker.postMessage = () => undefined;
  return worker;
}
