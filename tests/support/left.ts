/** What is left of models that have ended: counted, not measured, so that a busy machine gives the same answer. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import { expect } from 'vitest';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collections after which what can be collected has been: finalizers run in turns of their own. */
const COLLECTIONS = 50;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Bytes of array buffers that this thread holds, garbage among them that is not swept yet. */
export const heldBytes = (): number => process.memoryUsage().arrayBuffers;

/** Fails if more bytes of array buffers are held once garbage is gone. */
export async function expectHeld(most: number): Promise<void> {
  for (let round = 0; round < COLLECTIONS && heldBytes() > most; round += 1) {
    collect();
    await turn();
  }
  expect(heldBytes()).toBeLessThanOrEqual(most);
}

/** Fails while something still refers to one of the objects. */
export async function expectCollected(refs: readonly WeakRef<object>[]): Promise<void> {
  const alive = (): number => refs.filter((ref) => ref.deref() !== undefined).length;
  for (let round = 0; round < COLLECTIONS && alive() > 0; round += 1) {
    await turn();
    collect();
  }
  expect(alive(), 'objects that nobody needs are still held').toBe(0);
}

/** Every one of the workers has ended: its heap, and the memory of its engine, went with it. */
export function expectEnded(workers: readonly Worker[]): void {
  expect(workers.filter(({ threadId }) => threadId !== -1)).toEqual([]);
}

/** The promise is rejected before anything else happens: nobody waits for a worker, however slow it is. */
export async function rejectedAtOnce(promise: Promise<unknown>): Promise<unknown> {
  let outcome: { readonly error: unknown } | 'answered' | undefined;
  promise.then(() => (outcome = 'answered'), (error: unknown) => (outcome = { error }));
  await turn();
  if (typeof outcome === 'object') return outcome.error;
  throw new Error(outcome ?? 'it waits');
}

/** What the promise is rejected with, whenever that is. */
export async function rejected(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => expect.unreachable('it was answered'), (reason: unknown) => reason);
}
