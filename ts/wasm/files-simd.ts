// In place of wasm-files.ts in dist/simd: the one module that all browsers of the last years run, on one thread.
import type { SentWasmByVariant } from './wasm.js';

const url = (): string => new URL('../wasm/simd.wasm', import.meta.url).href;

export const shippedWasm = url;

export const ONLY: SentWasmByVariant | undefined = { simd: url() };
