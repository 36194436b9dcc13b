import type { Endpoint } from 'comlink';
import type { SpawnedWorker } from './spawned.js';

export function spawnWorker(): SpawnedWorker {
  // The literal is what bundlers recognise.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return {
    endpoint: worker,
    onDeath(died) {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        died(event.message || 'worker.js could not be loaded: serve it beside the script, and allow it in worker-src');
      });
      worker.addEventListener('messageerror', () => died('a message could not be read'));
    },
    terminate() {
      worker.terminate();
      return Promise.resolve();
    },
    hold: () => undefined,
  };
}

/** The worker's own side. */
export function selfEndpoint(): Endpoint {
  return self as unknown as Endpoint;
}
