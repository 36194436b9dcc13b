import type { Endpoint } from 'comlink';
import type { WorkerScript } from './script.js';
import type { SpawnedWorker } from './spawned.js';

export function spawnWorker(script: WorkerScript): SpawnedWorker {
  // The literals are what bundlers recognise.
  return spawned(
    script === 'worker'
      ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
      : new Worker(new URL('./worker-onnx.js', import.meta.url), { type: 'module' }),
  );
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
        died(event.message || 'its script could not be loaded: serve worker.js and worker-onnx.js beside the main script, and allow them in worker-src');
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
