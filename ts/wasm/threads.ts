import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';
import { MAX_THREADS } from '../contract/limits.js';
import type { Instance } from './instance.js';

/** How many threads compute; 'auto': as many as the machine has, up to four. */
export type Threads = number | 'auto';

/** More cores than this help little with one image, and are better left to the page. */
const AUTO_MOST = 4;

/** How more than one thread can be had, where the engine runs in a worker; engines on a caller's own thread have none. */
export interface ThreadSupport {
  /** Why there is but one thread here. */
  readonly obstacle: string | undefined;
  /** Threads that this machine runs at the same time. */
  readonly hardware: number;
  /** A shared memory for a new engine; none where it is refused. */
  memory(): WebAssembly.Memory | undefined;
  /** Starts a module that imports shared memory, and as many helpers as will start. */
  start(module: WebAssembly.Module, memory: WebAssembly.Memory, threads: number): Promise<Instance>;
}

/** A number of threads and, where it is smaller than wanted, the reason. */
export interface ThreadPlan {
  readonly threads: number;
  readonly reason: string | undefined;
}

/** @throws ArgumentError for what is no number of threads */
export function checkThreads(threads: unknown): Threads {
  if (threads === undefined || threads === 'auto') return 'auto';
  if (typeof threads === 'number' && Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return threads;
  wrong('threads', `'auto' or a whole number from 1 to ${MAX_THREADS}`, showValue(threads));
}

/** How many threads to try for. */
export function planThreads(wanted: Threads, support: Pick<ThreadSupport, 'obstacle' | 'hardware'> | undefined): ThreadPlan {
  if (!support) return { threads: 1, reason: undefined };
  const threads = wanted === 'auto' ? Math.max(1, Math.min(support.hardware, AUTO_MOST)) : wanted;
  return threads > 1 && support.obstacle !== undefined ? oneThread(support.obstacle) : { threads, reason: undefined };
}

export function oneThread(reason: string): ThreadPlan {
  return { threads: 1, reason };
}
