/** Drawings as digits of MNIST, prepared by the product in a worker of the page. */
import { wrap } from 'comlink';
import type { Remote } from 'comlink';
import { ComputeError } from './compute-error.js';
import type { DrawnWork } from './drawn.worker.js';
import { failureOf } from './failure.js';
import { kept } from './offline.js';

let started: Promise<{ readonly remote: Remote<DrawnWork>; readonly failed: Promise<never> }> | undefined;

async function start(): Promise<{ readonly remote: Remote<DrawnWork>; readonly failed: Promise<never> }> {
  await kept;
  const worker = new Worker(new URL('./drawn.worker.ts', import.meta.url), { type: 'module', name: 'drawn' });
  const failed = failureOf(worker, () => { started = undefined; });
  return { remote: wrap<DrawnWork>(worker), failed };
}

/**
 * The 28 x 28 pixels of a drawing, cropped, scaled, centred and normalised as MNIST's are.
 * @throws ComputeError
 */
export async function preparedDrawing(image: ImageData): Promise<Float32Array> {
  started ??= start();
  const { remote, failed } = await started;
  const answer = await Promise.race([remote.prepare(image), failed]);
  if ('error' in answer) throw new ComputeError(answer.error);
  return answer.value;
}
