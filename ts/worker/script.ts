import type { SentModel } from '../model/request.js';
import type { WorkerScript } from '../model/worker-input.js';

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
