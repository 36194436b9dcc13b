import type { Endpoint } from 'comlink';
import { resolveLocation } from '../bytes/locate.web.js';
import { WorkerError } from '../base/errors.js';
import { failed, wrong } from '../base/wrong.js';
import type { PlatformWorker } from '../base/globals.js';
import { givenWorker, isWorker } from './given.js';
import type { WorkerInput, WorkerScript } from '../model/worker-input.js';
import type { SpawnedWorker } from './spawned.js';

const HINT =
  "serve it from the page's own origin or with CORS and allow it (elsewhere blob: too) in worker-src, name it by the option worker, or use receptive/inline";

/** @throws WorkerError where there are no workers, or this one is refused; ArgumentError for what the option `worker` gives in its place */
export function spawnWorker(script: WorkerScript, worker?: WorkerInput): SpawnedWorker {
  return worker === undefined ? spawnShipped(script) : spawnGiven(givenWorker(worker, script));
}

function spawnShipped(script: WorkerScript): SpawnedWorker {
  // The literals are what bundlers recognise.
  return spawned(
    () =>
      script === 'worker'
        ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
        : new Worker(new URL('./worker-onnx.js', import.meta.url), { type: 'module' }),
    beside(`${script}.js`),
  );
}

/** Where a script beside this one is. Not by new URL, which bundlers would take for an asset; they may have moved it, too. */
export function beside(script: string): string {
  return import.meta.url.replace(/^(?!https?:).*|[^/]*$/, script);
}

/** The worker that the caller made, or one of the script at an address. */
export function spawnGiven(given: string | URL | PlatformWorker): SpawnedWorker {
  if (isWorker(given)) return spawned(() => given as Worker, 'the one that the option worker made');
  const href = resolveLocation(given);
  return spawned(() => new Worker(href, { type: 'module' }), href);
}

/** From inside a worker: a further one of the same script, whatever a bundler has called it. It ends with this one. */
export function spawnSibling(): SpawnedWorker {
  const { href } = self.location;
  return spawned(() => new Worker(href, { type: 'module' }), href);
}

function start(make: () => Worker, url: string): Worker {
  if (typeof Worker !== 'function') {
    const hint = 'use receptive/inline';
    wrong(undefined, 'an environment with Worker', 'one without', { as: WorkerError, hint });
  }
  try {
    return make();
  } catch (cause) {
    if (isElsewhere(url)) return new Worker(importing(url), { type: 'module' });
    const got = cause instanceof Error ? cause.message : String(cause);
    failed(undefined, 'the worker could not be started', got, { as: WorkerError, hint: HINT, cause });
  }
}

/** Whether a script is of another origin: such a one browsers refuse as a worker, but let a worker import where CORS allows it. */
function isElsewhere(url: string): boolean {
  return /^https?:/.test(url) && new URL(url).origin !== self.location.origin;
}

/** Never revoked, since helpers start from the same address: one for each script. */
const importers = new Map<string, string>();

/** The address of a script of this origin that imports the one at `url`. */
function importing(url: string): string {
  const known = importers.get(url);
  if (known !== undefined) return known;
  const address = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
  importers.set(url, address);
  return address;
}

/** Starts what `make` makes. @param url - of its script, where it is known. @throws WorkerError where there are no workers, or this one is refused */
export function spawned(make: () => Worker, url: string): SpawnedWorker {
  const worker = start(make, url);
  return {
    endpoint: worker,
    onDeath(died) {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        // The event of a script that cannot be loaded has no message.
        died(event.message || `its script could not be loaded: ${url}, or what a bundler made of it`, undefined, event.message ? undefined : HINT);
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
  // WebKitGTK isolates pages and offers none all the same.
  if (typeof SharedArrayBuffer !== 'function') return 'this browser has no SharedArrayBuffer';
  return typeof Worker === 'function' ? undefined : 'workers cannot start workers here';
}

/** The worker's own side. */
export function selfEndpoint(): Endpoint {
  return self;
}
