/**
 * The engine on the calling thread: no worker, and a `run` that answers at once.
 * @module receptive/inline
 */
import { ONLY, shippedWasm } from '../wasm/files.js';
import { WIDE } from '../wasm/wide.platform.js';
import { loadInline } from '../model/inline-model.js';
import type { InlineModel } from '../model/inline-model.js';
import { onnxReaderLater } from '../model/read-onnx-later.js';
import type { Layer } from '../layers/index.js';
import type { LoadOptions, ModelSource } from '../model/load-options.js';

/**
 * Loads a model on the calling thread; `run` is synchronous. Source and options are those of the main entry's `load`; `threads`
 * is always one, and `maxQueue` and `transfer` do nothing.
 * @throws what the main entry's `load` throws, but no WorkerError
 */
export function load(source: ModelSource | Layer, options: LoadOptions = {}): Promise<InlineModel> {
  return loadInline(source, options, { defaultWasm: shippedWasm, only: ONLY, wide: WIDE, readers: [onnxReaderLater] });
}

export * from './public/one-thread.js';
