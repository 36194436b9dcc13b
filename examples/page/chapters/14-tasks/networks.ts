/** The chapter's worker, for as long as the chapter is open. */
import { wrap } from 'comlink';
import type { Remote } from 'comlink';
import { ComputeError } from '../../engine/compute-error.js';
import { failureOf } from '../../engine/failure.js';
import { kept } from '../../engine/offline.js';
import type { Task, Tasks } from './tasks.worker.js';

type Done<T> = { readonly value: T } | { readonly error: { readonly code: string; readonly message: string } };

/** As their authors call them, in every language. */
export const NETS: Readonly<Record<Task, string>> = { class: 'LeNet-5', boxes: 'YOLO', regions: 'Faster R-CNN', pixels: 'U-Net' };

export interface Networks {
  /** @throws ComputeError */
  readonly ask: <T>(call: (tasks: Remote<Tasks>) => Promise<Done<T>>) => Promise<T>;
  readonly close: () => void;
}

export function startNetworks(): Networks {
  let closed = false;
  let worker: Worker | undefined;
  const started = kept.then(() => {
    const made = new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module', name: 'tasks' });
    if (closed) made.terminate();
    worker = made;
    const failed = failureOf(made);
    return { remote: wrap<Tasks>(made), failed };
  });
  return {
    ask: async (call) => {
      const { remote, failed } = await started;
      const done = await Promise.race([call(remote), failed]);
      if ('error' in done) throw new ComputeError(done.error);
      return done.value;
    },
    close: () => {
      closed = true;
      worker?.terminate();
    },
  };
}
