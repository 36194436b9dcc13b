import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort, Worker } from 'node:worker_threads';
import type { MessagePort, Transferable } from 'node:worker_threads';
import type { Endpoint } from 'comlink';
import { WorkerError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { givenWorker, isWorker } from './given.js';
import type { PlatformURL, PlatformWorker } from '../base/globals.js';
import type { WorkerInput, WorkerScript } from '../model/worker-input.js';
import type { SpawnedWorker } from './spawned.js';

/** comlink speaks EventTarget; Node's ports speak EventEmitter and give the data without an event around it. */
function endpointOf(port: Worker | MessagePort): Endpoint {
  const listeners = new WeakMap<object, (data: unknown) => void>();
  return {
    postMessage: (message: unknown, transfer?: unknown[]) => port.postMessage(message, transfer as Transferable[]),
    addEventListener(type, listener) {
      const receive = (data: unknown): void => {
        const event = { data } as MessageEvent;
        if ('handleEvent' in listener) listener.handleEvent(event);
        else listener(event);
      };
      listeners.set(listener, receive);
      port.on(type as 'message', receive);
    },
    removeEventListener(type, listener) {
      const receive = listeners.get(listener);
      if (receive) port.off(type as 'message', receive);
    },
  };
}

const HINT = "leave the package 'receptive' external when you bundle for Node, for its workers and WebAssembly are files beside it";

/** @throws WorkerError where this script does not know where it is: a bundler took it apart */
export function beside(script: string, url: () => URL): URL {
  try {
    return url();
  } catch (cause) {
    throw new WorkerError(`the worker could not be started (${script} is not found); ${HINT}`, { place: script, hint: HINT, cause });
  }
}

const small = (): URL => beside('worker.js', () => new URL('./worker.js', import.meta.url));
const withOnnx = (): URL => beside('worker-onnx.js', () => new URL('./worker-onnx.js', import.meta.url));

/** @throws WorkerError where the script is not found; ArgumentError for what the option `worker` gives in its place */
export function spawnWorker(script: WorkerScript, given?: WorkerInput): SpawnedWorker {
  if (given !== undefined) return spawnGiven(givenWorker(given, script));
  return spawnAt(script === 'worker' ? small() : withOnnx());
}

/** The worker that the caller made, or one of the script at an address. @throws ArgumentError for a browser's worker */
export function spawnGiven(made: string | PlatformURL | PlatformWorker): SpawnedWorker {
  if (made instanceof Worker) return spawned(made);
  if (isWorker(made)) wrong('worker', 'a Worker of node:worker_threads', 'a Worker of the web');
  return spawnAt(typeof made === 'string' && !/^file:/i.test(made) ? pathToFileURL(made) : new URL(made));
}

/** A worker of the script at a URL. */
export function spawnAt(url: URL): SpawnedWorker {
  // The process' own flags are not for this script: with --input-type, for one, no file can be run.
  return spawned(new Worker(url, { execArgv: [] }), url);
}

/** @param url - of its script, where it is known */
function spawned(worker: Worker, url?: URL): SpawnedWorker {
  worker.unref();
  return {
    endpoint: endpointOf(worker),
    onDeath(died) {
      worker.on('error', (cause) => {
        const missing = url?.protocol === 'file:' && !existsSync(url);
        died(missing ? `there is no file ${fileURLToPath(url)}` : cause.message, cause, missing ? HINT : undefined);
      });
      worker.on('messageerror', (cause) => died(cause.message, cause));
      worker.on('exit', (code) => died(`it exited with code ${code}`));
    },
    terminate: () => worker.terminate(),
    hold: (held) => (held ? worker.ref() : worker.unref()),
  };
}

/** From inside a worker: a further one to help it, which ends with it. */
export function spawnSibling(): SpawnedWorker {
  const script = small();
  // A worker that the option `worker` named may have no other script beside it.
  return spawnAt(existsSync(script) ? script : new URL(import.meta.url));
}

/** Threads that this machine runs at the same time. */
export function hardwareThreads(): number {
  return availableParallelism();
}

/** Why memory cannot be shared between workers here; in Node it always can. */
export function sharingObstacle(): string | undefined {
  return undefined;
}

/** The worker's own side. */
export function selfEndpoint(): Endpoint {
  if (!parentPort) throw new WorkerError('worker.js is not to be imported: load() starts it as a worker');
  return endpointOf(parentPort);
}
