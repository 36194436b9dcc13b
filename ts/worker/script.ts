import type { SentModel } from '../model/request.js';
import type { PlatformURL, PlatformWorker } from '../base/globals.js';

/** The two scripts that do the work: the first without the ONNX reader, for graphs and files called `.safetensors`. */
export type WorkerScript = 'worker' | 'worker-onnx';

/**
 * Where a worker's script is, or what makes the worker: `worker-onnx.js` of this package, which does for every model, or what a bundler
 * made of it. A function is told which of the two scripts is wanted, and is called again where a worker is started anew.
 */
export type WorkerInput = string | PlatformURL | ((script: WorkerScript) => string | PlatformURL | PlatformWorker);

/** The smaller worker where the source is certainly no ONNX model. What lies at a URL is known by its name alone. */
export function scriptFor(model: SentModel): WorkerScript {
  switch (model.kind) {
    case 'graph':
      return 'worker';
    case 'location':
      return /\.safetensors([?#]|$)/i.test(model.location) ? 'worker' : 'worker-onnx';
    case 'bytes':
      // A safetensors file's header, JSON, comes after the eight bytes of its length.
      return model.bytes[8] === 0x7b ? 'worker' : 'worker-onnx';
    case 'blob':
      return 'worker-onnx';
  }
}
