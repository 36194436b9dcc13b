/** Engines as the tests start them: on the thread that calls, alone or with helpers on others. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { instantiate } from '../../ts/wasm/instance.js';
import type { Instance } from '../../ts/wasm/instance.js';
import { instantiateThreaded, sharedMemory } from '../../ts/wasm/threaded.js';
import { supports, threadedOf } from '../../ts/wasm/variant.js';
import type { Variant, WasmName } from '../../ts/wasm/variant.js';
import type { HelperMessage } from '../../ts/worker/protocol.js';

/** The built package's: what a helper runs is the kernels, which come with the module it is sent. */
const HELPER = new URL('../../dist/node/worker.js', import.meta.url);

/** The variants that this engine can run. */
export const RUNNABLE: readonly Variant[] = (['scalar', 'simd', 'relaxed'] as const).filter((variant) => supports(variant));

/** An engine, and the threads that end with it. */
export interface OpenEngine {
  readonly instance: Instance;
  /** From now on the engine traps in the first step whose work it shares out, and in no other. */
  poison(): void;
  close(): Promise<void>;
}

/** A variant, or the wide modules, which compute as relaxed ones do. */
export type Compiled = Variant | 'wide';

const modules = new Map<WasmName, WebAssembly.Module>();

/** Compiled once: that takes longer than most of what is tested. */
function moduleOf(variant: WasmName): WebAssembly.Module {
  const file = new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url);
  const module = modules.get(variant) ?? new WebAssembly.Module(readFileSync(file));
  modules.set(variant, module);
  return module;
}

export function openVariant(variant: Compiled): Instance {
  return instantiate(moduleOf(variant));
}

/** @throws if not all of the threads serve */
export async function openEngine(variant: Compiled, threads: number): Promise<OpenEngine> {
  if (threads === 1) return { instance: openVariant(variant), poison: () => undefined, close: () => Promise.resolve() };
  const threaded = variant === 'wide' ? 'wide-threads' : threadedOf(variant);
  const memory = sharedMemory();
  if (!threaded || !memory) throw new Error(`${variant} cannot run on ${threads} threads here`);
  const workers: Worker[] = [];
  const deaths: ((reason: string) => void)[] = [];
  const instance = await instantiateThreaded({ module: moduleOf(threaded), memory }, threads, (start, died) => {
    const worker = new Worker(HELPER);
    const message: HelperMessage = { receptiveHelper: start };
    worker.postMessage(message);
    worker.on('error', (error) => died(error.message));
    workers.push(worker);
    deaths.push(died);
    return { terminate: () => void worker.terminate() };
  });
  const close = async (): Promise<void> => void (await Promise.all(workers.map((worker) => worker.terminate())));
  const expected = variant === 'wide' ? 'relaxed' : variant;
  if (instance.threads === threads && instance.variant === expected) return { instance, poison: () => deaths[0]?.('poison'), close };
  await close();
  throw new Error(`${instance.variant} on ${instance.threads} threads instead of ${variant} on ${threads}: ${instance.threadsReason}`);
}
