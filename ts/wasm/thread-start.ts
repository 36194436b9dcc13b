/** What a helper needs to serve: the engine's own module and memory. */
export interface HelperStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/**
 * Starts one helper thread, which calls `serveAsHelper`.
 * @param died - called once, when it cannot serve, or not any more
 */
export type StartHelper = (start: HelperStart, died: (reason: string) => void) => { terminate(): void };

/** The threads of a started module, as its glue tells them. */
export interface Threads {
  poolLive(): number;
  poolAbort(): void;
}

/** The glue of a module that serves as a helper. */
interface HelperGlue extends Threads {
  initSync(start: HelperStart & { thread_stack_size: number }): unknown;
  poolWorker(): void;
}

/** 4 GiB, all that wasm can address, where the system reserves that much; phones may not. */
const MAXIMUM_PAGES = [65536, 32768, 16384];
const HELPER_STACK_BYTES = 1 << 20;
/** Helpers take 50 to 100 ms to start. Later than this, the model goes on without. */
const PATIENCE_MS = 5000;

/** A shared memory as large as can be had. */
export function sharedMemoryOf(initialPages: number): WebAssembly.Memory | undefined {
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: initialPages, maximum, shared: true });
    } catch {
      // Perhaps a smaller one.
    }
  }
  return undefined;
}

type Start = (died: (reason: string) => void) => { terminate(): void };

/** Resolves when all serve or those that do not are given up; then with the reason. */
export async function startHelpers(count: number, pool: Threads, start: Start): Promise<string | undefined> {
  const failures: string[] = [];
  let serving = false;
  const died = (reason: string): void => {
    failures.push(reason);
    // One that never served leaves the others unharmed; a loss later on may have been in the middle of some work.
    if (serving) pool.poolAbort();
  };
  const helpers: { terminate(): void }[] = [];
  try {
    while (helpers.length < count) helpers.push(start(died));
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  }
  const until = performance.now() + PATIENCE_MS;
  while (pool.poolLive() < helpers.length && pool.poolLive() + failures.length < count && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const live = pool.poolLive();
  serving = live > 0;
  if (live >= count) return undefined;
  if (!serving) for (const helper of helpers) helper.terminate();
  return `${live} of ${count} further threads could be started${failures[0] === undefined ? ' in time' : ` (${failures[0]})`}`;
}

/** On a helper thread: blocks as long as the engine lives. @throws what it died of */
export function serveWith(glue: HelperGlue, { module, memory }: HelperStart, serves: () => void): void {
  glue.initSync({ module, memory, thread_stack_size: HELPER_STACK_BYTES });
  serves();
  try {
    glue.poolWorker();
  } catch (error) {
    // The engine's thread may be waiting for what this one was doing.
    glue.poolAbort();
    throw error;
  }
}
