/** The chapter's workers, each for as long as it is needed. */
import { wrap } from 'comlink';
import type { Remote } from 'comlink';
import type { Done } from '../../engine/answer.js';
import { ComputeError } from '../../engine/compute-error.js';
import { endWorker, failureOf } from '../../engine/failure.js';
import { kept } from '../../engine/offline.js';
import type { PhotoTasks } from './photo.worker.js';
import type { Task, Tasks } from './tasks.worker.js';

/** As their authors call them, in every language. */
export const NETS: Readonly<Record<Task, string>> = { class: 'LeNet-5', boxes: 'YOLO', regions: 'Faster R-CNN', pixels: 'U-Net' };

export interface Asked<Of> {
  /** @throws ComputeError */
  readonly ask: <T>(call: (tasks: Remote<Of>) => Promise<Done<T>>) => Promise<T>;
  readonly close: () => void;
}

export type Networks = Asked<Tasks>;

export const startNetworks = (): Networks => start(() => new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module', name: 'tasks' }));

export const startPhotoNetworks = (): Asked<PhotoTasks> => start(() => new Worker(new URL('./photo.worker.ts', import.meta.url), { type: 'module', name: 'photo tasks' }));

function start<Of>(make: () => Worker): Asked<Of> {
  let closed = false;
  let worker: Worker | undefined;
  const started = kept.then(() => {
    const made = make();
    if (closed) made.terminate();
    worker = made;
    const failed = failureOf(made);
    return { remote: wrap<Of>(made), failed };
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
      if (worker) endWorker(worker);
    },
  };
}
