/**
 * The inline engine with its WebAssembly inside the script, for pages of one file.
 * @module receptive/embedded
 */
import relaxed from '../../crates/pkg/relaxed/receptive_bg.wasm';
import scalar from '../../crates/pkg/scalar/receptive_bg.wasm';
import simd from '../../crates/pkg/simd/receptive_bg.wasm';
import type { Variant } from '../wasm/variant.js';
import { loadInline } from '../model/inline-model.js';
import type { InlineModel } from '../model/inline-model.js';
import { onnxReaderLater } from '../model/read-onnx-later.js';
import type { Layer } from '../layers/index.js';
import type { LoadOptions, ModelSource } from '../model/load-options.js';

/** @rollup/plugin-wasm makes each import a function that compiles the inlined module; the types describe its exports. */
const MODULES = { scalar, simd, relaxed } as unknown as Record<Variant, () => Promise<WebAssembly.Module>>;

/**
 * The inline engine with its WebAssembly inside the script: no file beside it, nothing fetched but the model.
 * @throws what the main entry's `load` throws, but no WorkerError
 */
export function load(source: ModelSource | Layer, options: LoadOptions = {}): Promise<InlineModel> {
  return loadInline(source, options, { defaultWasm: (variant) => MODULES[variant as Variant](), readers: [onnxReaderLater] });
}

export * from './public/one-thread.js';
