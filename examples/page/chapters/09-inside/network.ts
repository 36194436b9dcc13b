/** The chapter's network in its worker. */
import { proxy, wrap } from 'comlink';
import type { Remote } from 'comlink';
import type { Classification, UnitField } from 'receptive';
import type { Gap } from 'receptive/inline';
import { ComputeError } from '../../engine/compute-error.js';
import { endWorker, failureOf } from '../../engine/failure.js';
import { kept } from '../../engine/offline.js';
import type { Sheet } from '../../ui/sheet-view.js';
import type { HeatMap, Inside, LayerMaps, LayerTime, Opened } from './inside.worker.js';
import type { Occlusion } from './occlude.js';

const SQUEEZENET = new URL('../../../assets/squeezenet1_1.safetensors', import.meta.url).href;

export interface Network extends Opened {
  readonly classify: (photo: Blob) => Promise<Classification>;
  readonly look: (photo: Blob) => Promise<readonly LayerMaps[]>;
  readonly all: (layer: string) => Promise<Sheet | undefined>;
  /** What it sees of the photo, in colour. */
  readonly view: (photo: Blob) => Promise<Sheet>;
  readonly field: (layer: string, row: number, column: number) => Promise<UnitField | undefined>;
  /** Undefined where it was stopped. */
  readonly occlude: (photo: Blob, index: number, onProgress: (share: number) => void) => Promise<Occlusion | undefined>;
  /** Where a class is seen. */
  readonly cam: (photo: Blob, index: number) => Promise<HeatMap>;
  readonly stop: () => void;
  readonly time: (photo: Blob) => Promise<{ readonly ms: number; readonly layers: readonly LayerTime[] }>;
  readonly close: () => void;
}

type Done<T> = Awaited<ReturnType<Inside['open']>> extends infer D ? Exclude<D, { value: Opened }> | { readonly value: T } : never;

/** A network that cannot run, and what is in the way. */
export class RefusedNetwork extends ComputeError {
  constructor(error: { readonly code: string; readonly message: string }, readonly gaps: readonly Gap[]) {
    super(error);
  }
}

const valueOf = <T>(done: Done<T>): T => {
  if ('error' in done) throw done.error.gaps?.length ? new RefusedNetwork(done.error, done.error.gaps) : new ComputeError(done.error);
  return done.value;
};

/**
 * Opens SqueezeNet, or a learner's file, in a worker of its own.
 * @throws ComputeError
 */
export async function openNetwork(file: File | undefined, onProgress: (share: number) => void): Promise<Network> {
  await kept;
  const worker = new Worker(new URL('./inside.worker.ts', import.meta.url), { type: 'module', name: 'inside' });
  const failed = failureOf(worker);
  const remote: Remote<Inside> = wrap<Inside>(worker);
  const ask = async <T>(call: Promise<Done<T>>): Promise<T> => valueOf(await Promise.race([call, failed]));
  try {
    const opened = await ask<Opened>(remote.open(file ?? SQUEEZENET, proxy((bytes, total) => onProgress(total ? bytes / total : 0))));
    return {
      ...opened,
      classify: (photo) => ask(remote.classify(photo)),
      look: (photo) => ask(remote.look(photo)),
      all: (layer) => ask(remote.all(layer)),
      view: (photo) => ask(remote.view(photo)),
      field: (layer, row, column) => ask(remote.field(layer, row, column)),
      occlude: (photo, index, onProgress) => ask(remote.occlude(photo, index, proxy(onProgress))),
      cam: (photo, index) => ask(remote.cam(photo, index)),
      stop: () => void remote.stop(),
      time: (photo) => ask(remote.time(photo)),
      close: () => endWorker(worker),
    };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}
