import type { Endpoint } from 'comlink';
import type { SpawnedWorker } from './spawned.js';

export function spawnWorker(): SpawnedWorker {
  // The literal is what bundlers recognise.
  return spawned(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
}

/** From inside a worker: a further one of the same script, whatever a bundler has called it. It ends with this one. */
export function spawnSibling(): SpawnedWorker {
  return spawned(new Worker(self.location.href, { type: 'module' }));
}

function spawned(worker: Worker): SpawnedWorker {
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

/** Threads that this machine runs at the same time, as far as the browser tells. */
export function hardwareThreads(): number {
  return navigator.hardwareConcurrency || 1;
}

/** Why memory cannot be shared between workers here. */
export function sharingObstacle(): string | undefined {
  if (!self.crossOriginIsolated) {
    const headers = 'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';
    return `the page is not cross-origin isolated, for which it needs the headers ${headers}`;
  }
  return typeof Worker === 'function' ? undefined : 'workers cannot start workers here';
}

/** The worker's own side. */
export function selfEndpoint(): Endpoint {
  return self as unknown as Endpoint;
}
