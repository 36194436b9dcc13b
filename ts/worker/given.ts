import { WorkerError } from '../base/errors.js';
import { failed, wrong } from '../base/wrong.js';
import type { PlatformURL, PlatformWorker } from '../base/globals.js';
import { showValue } from '../base/show.js';

/** @param script - which one it would be. @throws ArgumentError for an option `worker` of another kind */
export function checkWorker(worker: unknown, script = 'worker-onnx.js'): void {
  if (worker === undefined || typeof worker === 'function' || isAddress(worker)) return;
  const hint = isWorker(worker) ? 'give a function that makes it, since it may be started anew: () => new Worker(url)' : undefined;
  refuse(`the URL of ${script}, or a function that makes the worker`, worker, hint);
}

/**
 * The worker that the caller made, or the address of its script.
 * @throws WorkerError where the caller's function threw; ArgumentError for what is neither
 */
export function givenWorker<Script>(worker: string | PlatformURL | ((script: Script) => string | PlatformURL | PlatformWorker), script: Script): string | PlatformURL | PlatformWorker {
  const made = typeof worker === 'function' ? call(worker, script) : worker;
  if (isAddress(made) || isWorker(made)) return made;
  return refuse('a worker or its URL from the function', made, isPromise(made) ? 'make it before, and return it' : undefined);
}

function call<Script>(make: (script: Script) => unknown, script: Script): unknown {
  try {
    return make(script);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const hint = 'of another origin, return the URL of its script and leave it to the library to start it';
    failed('worker', 'the worker could not be started, the option worker threw', got, { as: WorkerError, hint, cause });
  }
}

const isAddress = (value: unknown): value is string | PlatformURL => typeof value === 'string' || value instanceof URL;
const has = (value: unknown, name: string): boolean => typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';
const isPromise = (value: unknown): boolean => has(value, 'then');

/** By what is needed of one: of another realm, or of a test, it has another class. */
export function isWorker(value: unknown): value is PlatformWorker {
  return has(value, 'postMessage') && has(value, 'terminate');
}

function refuse(expected: string, value: unknown, hint: string | undefined): never {
  const got = showValue(value);
  wrong('worker', expected, got, { hint });
}
