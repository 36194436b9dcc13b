/** Asks the chapter's worker. */
import { wrap } from 'comlink';
import { ComputeError } from '../../engine/compute-error.js';
import { endWorker, failureOf } from '../../engine/failure.js';
import type { Built, History, Stack, StackPlan } from './history.worker.js';
import type { NetName } from './names.js';

type Done<T> = { readonly value: T } | { readonly error: { readonly code: string; readonly message: string } };

export interface Worked {
  readonly describe: (name: NetName) => Promise<Built>;
  readonly time: (name: NetName) => Promise<number>;
  readonly stack: (plan: StackPlan) => Promise<Stack>;
  readonly close: () => void;
}

/** The chapter's worker, for as long as the chapter is open. */
export function startHistory(): Worked {
  const worker = new Worker(new URL('./history.worker.ts', import.meta.url), { type: 'module', name: 'history' });
  const failed = failureOf(worker);
  const remote = wrap<History>(worker);
  const ask = async <T,>(call: Promise<Done<T>>): Promise<T> => {
    const done = await Promise.race([call, failed]);
    if ('error' in done) throw new ComputeError(done.error);
    return done.value;
  };
  return { describe: (name) => ask(remote.describe(name)), time: (name) => ask(remote.time(name)), stack: (plan) => ask(remote.stack(plan)), close: () => endWorker(worker) };
}
