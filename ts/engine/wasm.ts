import { WasmError } from '../errors.js';
import { instantiate } from './instance.js';
import type { Instance } from './instance.js';
import { compileAt } from './locate.platform.js';
import type { Reading } from './response.js';
import { chooseVariant, supports, VARIANTS } from './variant.js';
import type { Variant } from './variant.js';
import { compileBytes } from './wasm-bytes.js';

/** WebAssembly as it can be posted to a worker: bytes, a resolved location, or compiled. */
export type SentWasm = Uint8Array | string | WebAssembly.Module;

export type SentWasmByVariant = Partial<Record<Variant, SentWasm>>;

/** Where the engine's modules come from when the caller names none. */
export type DefaultWasm = (variant: Variant) => SentWasm | Promise<SentWasm>;

export interface WasmRequest {
  readonly variant?: Variant | 'auto' | undefined;
  readonly wasm?: SentWasm | SentWasmByVariant | undefined;
}

/**
 * Chooses a variant, compiles it and starts it. Nothing is remembered, so a call that failed can be made again.
 * @throws WasmError if the variant does not run here or the module cannot be had; AbortedError
 */
export async function openEngine(request: WasmRequest, defaults: DefaultWasm, signal?: AbortSignal): Promise<Instance> {
  const { variant = 'auto', wasm } = request;
  if (wasm !== undefined && !isByVariant(wasm)) return openSingle(wasm, variant, signal);
  const available = wasm === undefined ? undefined : VARIANTS.filter((name) => wasm[name] !== undefined);
  const chosen = chooseVariant(variant);
  // A map that holds only some variants is asked for the best of those; a forced one must come from somewhere.
  const named = variant === 'auto' && available ? bestOf(available) : chosen;
  const source = wasm?.[named] ?? (await defaults(named));
  const instance = start(await compile(source, `wasm.${named}`, signal));
  return expectVariant(instance, named);
}

function bestOf(available: readonly Variant[]): Variant {
  return [...available].reverse().find((variant) => supports(variant)) ?? chooseVariant('auto');
}

async function openSingle(wasm: SentWasm, variant: Variant | 'auto', signal?: AbortSignal): Promise<Instance> {
  chooseVariant(variant);
  const instance = start(await compile(wasm, 'wasm', signal));
  return variant === 'auto' ? instance : expectVariant(instance, variant);
}

function expectVariant(instance: Instance, expected: Variant): Instance {
  if (instance.variant === expected) return instance;
  throw new WasmError(`wasm: expected the ${expected} variant, got the ${instance.variant} one`, {
    place: 'wasm',
    expected,
    got: instance.variant,
  });
}

async function compile(source: SentWasm, place: string, signal?: AbortSignal): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source !== 'string') return compileBytes(source, place);
  const reading: Reading = { expected: 'WebAssembly', Failure: WasmError, signal };
  return compileAt(source, reading);
}

function start(module: WebAssembly.Module): Instance {
  try {
    return instantiate(module);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const hint = 'use the .wasm files of this very version of the package';
    throw new WasmError(`wasm: the module could not be started (${got}); ${hint}`, { place: 'wasm', got, hint, cause });
  }
}

function isByVariant(wasm: SentWasm | SentWasmByVariant): wasm is SentWasmByVariant {
  return typeof wasm === 'object' && !(wasm instanceof Uint8Array) && !(wasm instanceof WebAssembly.Module);
}
