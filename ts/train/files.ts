import { chooseVariant, threadedOf } from '../wasm/variant.js';
import type { ThreadedVariant, Variant } from '../wasm/variant.js';

/**
 * The files of training that ship with the package. Relative to the built scripts in dist/node and dist/web; each one a literal,
 * since that is what bundlers recognise as an asset to carry along.
 */
const FILES: Record<Variant | ThreadedVariant, () => URL> = {
  scalar: () => new URL('../wasm/train-scalar.wasm', import.meta.url),
  simd: () => new URL('../wasm/train-simd.wasm', import.meta.url),
  relaxed: () => new URL('../wasm/train-relaxed.wasm', import.meta.url),
  'simd-threads': () => new URL('../wasm/train-simd-threads.wasm', import.meta.url),
  'relaxed-threads': () => new URL('../wasm/train-relaxed-threads.wasm', import.meta.url),
};

export function shippedTrainWasm(variant: Variant | ThreadedVariant): string {
  return FILES[variant]().href;
}

/**
 * The variant of training to load: the fastest that runs here, or the one asked for.
 * @param threads - whether more than one thread is wanted and can be had; the scalar variant has one all the same
 * @throws WasmError if the one asked for, or WebAssembly altogether, does not run here; ArgumentError for an unknown name
 */
export function chooseTrainVariant(wanted: Variant | 'auto' = 'auto', threads = false): Variant | ThreadedVariant {
  const variant = chooseVariant(wanted);
  return (threads ? threadedOf(variant) : undefined) ?? variant;
}
