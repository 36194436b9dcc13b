import type { ReceptiveError } from '../../../ts/base/errors.js';
import type { Batch } from '../../../ts/train/data/dataset.js';

/** What a call throws, or what its promise is rejected with. */
export async function caught(call: () => unknown): Promise<ReceptiveError> {
  try {
    await call();
  } catch (error) {
    return error as ReceptiveError;
  }
  throw new Error('expected an error');
}

/** All batches. */
export async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

/** The numbers from `first` on. */
export const numbers = (length: number, first = 0): number[] => Array.from({ length }, (_, i) => first + i);
