import { createThreadedGlue, INITIAL_PAGES } from '../../crates/pkg/glue-threads.js';
import type { Instance } from './instance.js';
import { serveWith, sharedMemoryOf, startHelpers } from './thread-start.js';
import type { HelperStart, StartHelper } from './thread-start.js';
import type { Variant } from './variant.js';

export type { HelperStart, StartHelper };

/** Whether this build has threaded variants at all. */
export const HAS_THREADED = INITIAL_PAGES > 0;

/** A shared memory as large as can be had. */
export function sharedMemory(): WebAssembly.Memory | undefined {
  return sharedMemoryOf(INITIAL_PAGES);
}

/** Starts a module on this thread and its helpers on others; resolves when they serve, or with fewer threads. */
export async function instantiateThreaded(
  { module, memory }: HelperStart,
  threads: number,
  startHelper: StartHelper,
): Promise<Instance> {
  const glue = createThreadedGlue();
  glue.initSync({ module, memory });
  const reason = await startHelpers(threads - 1, glue, (died) => startHelper({ module, memory }, died));
  const helpers = Math.min(glue.poolLive(), threads - 1);
  return {
    engine: new glue.Engine(helpers + 1),
    photo: (...how) => new glue.Photo(...how),
    boxes: (floats, groups) => new glue.Boxes(floats, groups),
    memory,
    variant: glue.variant() as Variant,
    threads: helpers + 1,
    threadsReason: reason,
    intact: () => glue.poolLive() >= helpers,
  };
}

/** On a helper thread: blocks as long as the engine lives. @throws what it died of */
export function serveAsHelper(start: HelperStart, serves: () => void): void {
  serveWith(createThreadedGlue(), start, serves);
}
