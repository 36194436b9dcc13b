import type { PlatformURL, PlatformWorker } from '../base/globals.js';

/** The two scripts that do the work: the first without the ONNX reader, for graphs and files called `.safetensors`. */
export type WorkerScript = 'worker' | 'worker-onnx';

/**
 * Where a worker's script is, or what makes the worker: `worker-onnx.js` of this package, which does for every model, or what a bundler
 * made of it. A function is told which of the two scripts is wanted, and is called again where a worker is started anew.
 */
export type WorkerInput = string | PlatformURL | ((script: WorkerScript) => string | PlatformURL | PlatformWorker);
