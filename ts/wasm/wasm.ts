import { wrong } from '../base/wrong.js';
import { WasmError } from '../base/errors.js';
import { instantiate } from './instance.js';
import type { Instance } from './instance.js';
import { compileAt } from '../bytes/locate.platform.js';
import type { Reading } from '../bytes/response.js';
import { oneThread, planThreads } from './threads.js';
import type { ThreadPlan, Threads, ThreadSupport } from './threads.js';
import { chooseVariant, supports, threadedOf, VARIANTS } from './variant.js';
import { isWide, NARROW, narrow } from './wide.js';
import type { WideSupport, Width } from './wide.js';
import type { ThreadedVariant, Variant, WasmName, WideVariant } from './variant.js';
import { compileBytes } from '../bytes/wasm-bytes.js';
import { expectWasmVersion, notStarted } from './version.js';

/** WebAssembly as it can be posted to a worker: bytes, a resolved location, or compiled. */
export type SentWasm = Uint8Array | string | WebAssembly.Module;

export type SentWasmByVariant = Partial<Record<WasmName, SentWasm>>;

/** Where the engine's modules come from when the caller names none. */
export type DefaultWasm = (variant: Variant | ThreadedVariant) => SentWasm | Promise<SentWasm>;

export interface WasmRequest {
  readonly variant?: Variant | 'auto' | undefined;
  readonly threads?: Threads | undefined;
  readonly wide?: boolean | undefined;
  readonly wasm?: SentWasm | SentWasmByVariant | undefined;
}

export interface EngineOptions {
  readonly defaultWasm: DefaultWasm;
  /** Where it has not all of them: what there is. */
  readonly only?: SentWasmByVariant | undefined;
  /** What of it has been compiled before. */
  readonly modules?: Partial<Record<WasmName, WebAssembly.Module>> | undefined;
  /** Without it modules are never wide. */
  readonly wide?: WideSupport | undefined;
  /** Told what was compiled here, and its name if it is one of the default modules. */
  readonly onCompiled?: ((module: WebAssembly.Module, name: WasmName | undefined) => void) | undefined;
  /** Without it there is one thread. */
  readonly threads?: ThreadSupport | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Chooses a variant, compiles it and starts it. Nothing is remembered, so a call that failed can be made again.
 * @throws WasmError if the variant does not run here or the module cannot be had; AbortedError
 */
export async function openEngine(request: WasmRequest, options: EngineOptions): Promise<Instance> {
  const { variant = 'auto', threads = 'auto', wasm = options.only } = request;
  const plan = planThreads(threads, options.threads);
  const width = widthOf(request, options);
  if (wasm !== undefined && !isByVariant(wasm)) return { ...(await openSingle(wasm, variant, plan, options)), ...width };
  const named = width.wide ? 'relaxed' : nameVariant(variant, wasm, plan.threads > 1);
  const threaded = chooseThreaded(width.wide ? 'wide-threads' : threadedOf(named), named, wasm, plan, options.threads);
  const source = (name: WasmName): Promise<WebAssembly.Module> =>
    wasm?.[name] === undefined ? compileDefault(name, options) : compile(wasm[name], `wasm.${name}`, options);
  const instance =
    'name' in threaded
      ? await startThreaded(await source(threaded.name), threaded.memory, plan, options.threads)
      : await start(await source(width.wide ? 'wide' : named), threaded.reason);
  return { ...expectVariant(instance, named), ...width };
}

/** What another worker of this process has compiled wide runs in an engine that was proved to pair vectors. */
function widthOf({ wide, variant, wasm }: WasmRequest, { wide: support, modules, only }: EngineOptions): Width {
  if (!support) return wide ? narrow('only Node can be told to pair vectors') : NARROW;
  const given = wasm ?? only;
  const names = given === undefined ? undefined : isByVariant(given) ? Object.keys(given) : [];
  return support.choose({ wide, variant, given: names }, modules?.wide !== undefined || modules?.['wide-threads'] !== undefined);
}

/** A map that holds only some variants is asked for the best of those; a forced one must come from somewhere. */
function nameVariant(variant: Variant | 'auto', wasm: SentWasmByVariant | undefined, threads: boolean): Variant {
  const chosen = chooseVariant(variant);
  if (variant !== 'auto' || wasm === undefined) return chosen;
  const given = (name: ThreadedVariant | undefined): boolean => threads && name !== undefined && wasm[name] !== undefined;
  const available = VARIANTS.filter((name) => wasm[name] !== undefined || given(threadedOf(name)));
  return [...available].reverse().find((name) => supports(name)) ?? chosen;
}

/** The file for several threads and a memory for it, or why it is one thread. */
function chooseThreaded(
  name: ThreadedVariant | WideVariant | undefined,
  named: Variant,
  wasm: SentWasmByVariant | undefined,
  plan: ThreadPlan,
  support: ThreadSupport | undefined,
): ThreadPlan | { name: ThreadedVariant | WideVariant; memory: WebAssembly.Memory } {
  if (plan.threads === 1) return plan;
  if (name === undefined) return oneThread(`the ${named} variant computes on one thread`);
  if (wasm !== undefined && wasm[name] === undefined) return oneThread(`there is no ${name} module`);
  const memory = support?.memory();
  return memory ? { name, memory } : oneThread('memory that threads can share is refused here');
}

async function openSingle(
  wasm: SentWasm,
  variant: Variant | 'auto',
  plan: ThreadPlan,
  options: EngineOptions,
): Promise<Instance> {
  const { threads } = options;
  chooseVariant(variant);
  const module = await compile(wasm, 'wasm', options);
  const reason = plan.threads > 1 ? 'the given wasm is a module for one thread' : plan.reason;
  const instance = importsMemory(module)
    ? await startThreaded(module, threads?.memory(), plan, threads)
    : await start(module, reason);
  return variant === 'auto' ? instance : expectVariant(instance, variant);
}

function importsMemory(module: WebAssembly.Module): boolean {
  return WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory');
}

function expectVariant(instance: Instance, expected: Variant): Instance {
  if (instance.variant === expected) return instance;
  wrong('wasm', `the ${expected} variant`, `the ${instance.variant} one`, { as: WasmError });
}

async function compileDefault(name: WasmName, options: EngineOptions): Promise<WebAssembly.Module> {
  const known = options.modules?.[name];
  if (known) return known;
  const shipped = isWide(name) ? options.wide?.file(name) : await options.defaultWasm(name);
  if (shipped !== undefined) return compile(shipped, `wasm.${name}`, options, name);
  wrong('wide', 'an engine that pairs vectors', 'one that does not', { as: WasmError });
}

async function compile(
  source: SentWasm,
  place: string,
  { signal, onCompiled }: EngineOptions,
  name?: WasmName,
): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  const reading: Reading = { expected: 'WebAssembly', Failure: WasmError, hint: "serve the package's .wasm files beside its scripts, or name them by the option wasm", signal };
  const module = await (typeof source === 'string' ? compileAt(source, reading) : compileBytes(source, place));
  onCompiled?.(module, name);
  return module;
}

async function startThreaded(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory | undefined,
  { threads, reason }: ThreadPlan,
  support: ThreadSupport | undefined,
): Promise<Instance> {
  if (!importsMemory(module)) {
    const expected = 'a module for threads, which imports its memory';
    wrong('wasm', expected, 'one for one thread', { as: WasmError });
  }
  if (!support || !memory) {
    const hint = 'give the module without "-threads" in its name';
    wrong('wasm', 'a module for one thread', 'a module for threads', { as: WasmError, hint });
  }
  const instance = await started(module, () => support.start(module, memory, threads));
  return { ...instance, threadsReason: instance.threadsReason ?? reason };
}

function start(module: WebAssembly.Module, threadsReason: string | undefined): Promise<Instance> {
  return started(module, () => instantiate(module, threadsReason));
}

async function started(module: WebAssembly.Module, starting: () => Instance | Promise<Instance>): Promise<Instance> {
  expectWasmVersion(module);
  try {
    return await starting();
  } catch (cause) {
    throw notStarted(cause);
  }
}

function isByVariant(wasm: SentWasm | SentWasmByVariant): wasm is SentWasmByVariant {
  return typeof wasm === 'object' && !(wasm instanceof Uint8Array) && !(wasm instanceof WebAssembly.Module);
}
