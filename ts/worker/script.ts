import type { SentModel } from '../model/request.js';

/** The built workers: the second one can also read ONNX, which makes it more than twice as large. */
export type WorkerScript = 'worker' | 'worker-onnx';

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
