import type { ThreadedVariant, Variant } from './variant.js';
import type { SentWasmByVariant } from './wasm.js';

/**
 * The files that ship with the package. Relative to the built scripts in dist/node and dist/web; each one a literal, since
 * that is what bundlers recognise as an asset to carry along.
 */
const FILES: Record<Variant | ThreadedVariant, () => URL> = {
  scalar: () => new URL('../wasm/scalar.wasm', import.meta.url),
  simd: () => new URL('../wasm/simd.wasm', import.meta.url),
  relaxed: () => new URL('../wasm/relaxed.wasm', import.meta.url),
  'simd-threads': () => new URL('../wasm/simd-threads.wasm', import.meta.url),
  'relaxed-threads': () => new URL('../wasm/relaxed-threads.wasm', import.meta.url),
};

export function shippedWasm(variant: Variant | ThreadedVariant): string {
  return FILES[variant]().href;
}

/** What is there in place of all of them; see wasm-simd.ts. */
export const ONLY: SentWasmByVariant | undefined = undefined;
