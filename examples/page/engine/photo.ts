/** A convolution of a photo or of the camera's frames, in a worker of the page. */
import { transfer, wrap } from 'comlink';
import type { Remote } from 'comlink';
import type { Pixels } from '../ui/picture.js';
import { ComputeError } from './compute-error.js';
import { failureOf } from './failure.js';
import { kept } from './offline.js';
import type { PhotoWorker } from './photo.worker.js';

/** A convolution of the three channels, 0 to 255, that keeps the size of the photo; its side is odd. */
export interface Filter {
  /** [maps, 3 / groups, side, side]. */
  readonly weight: readonly number[];
  /** Added to every map: 128 shows what is below zero. */
  readonly bias: number;
  readonly maps: number;
  /** 3: a kernel for each channel, and the answer is one picture in colour. 1: a grey picture for each map. */
  readonly groups: 1 | 3;
  readonly side: number;
}

export interface Shot {
  readonly before: Pixels;
  readonly after: readonly Pixels[];
}

export type PhotoAnswer<T> = { readonly value: T; readonly error?: undefined } | { readonly error: { readonly code: string; readonly message: string } };

let started: Promise<{ readonly remote: Remote<PhotoWorker>; readonly failed: Promise<never> }> | undefined;

async function start(): Promise<{ readonly remote: Remote<PhotoWorker>; readonly failed: Promise<never> }> {
  await kept;
  const worker = new Worker(new URL('./photo.worker.ts', import.meta.url), { type: 'module', name: 'photo' });
  const failed = failureOf(worker, () => { started = undefined; });
  return { remote: wrap<PhotoWorker>(worker), failed };
}

/**
 * Makes a photo small and convolves it. A bitmap is given away.
 * @throws ComputeError
 */
export async function filterPhoto(photo: Blob | ImageBitmap, longest: number, filter: Filter): Promise<Shot> {
  started ??= start();
  const { remote, failed } = await started;
  const answer = await Promise.race([remote.apply(photo instanceof Blob ? photo : transfer(photo, [photo]), longest, filter), failed]);
  if (answer.error) throw new ComputeError(answer.error);
  return answer.value;
}
