import { ReceptiveError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { Batch } from './batch.js';

/** What is known of a round before it begins. */
export interface Round {
  /** Examples; of a stream it is not known. */
  readonly length: number | undefined;
  readonly batchSize: number;
  readonly dropLast?: boolean | undefined;
}

/** Forward and back, with nothing changed. @throws ReceptiveError for a batch that cannot be learned from */
export type Probe = (batch: Batch) => unknown;

/** Whether a round ends with a batch of one example, behind larger ones. */
export function endsWithOne({ length = 0, batchSize, dropLast = false }: Round): boolean {
  return !dropLast && length > batchSize && length % batchSize === 1;
}

/**
 * Refuses a last batch of one example before anything is learned, where the network learns from several only: a batch normalisation
 * over one pixel has no variance then.
 * @param one - a batch of one example, as the last one will be
 * @param first - the first batch of the round
 * @throws ArgumentError that names what helps
 */
export async function expectLast({ length, batchSize }: Round, one: Batch, first: Batch, probe: Probe): Promise<void> {
  const cause = await shapeFault(probe, one);
  // What does not fit at all is refused by its step.
  if (!cause || (await shapeFault(probe, first))) return;
  const hint = `${cause.message}; give dropLast: true, or another batchSize`;
  wrong('fit: batchSize', 'a size whose last batch the network learns from', `${batchSize}, which leaves 1 example of ${length}`, { hint, cause });
}

/** Other faults, as of a label, are told where the batch is learned from. */
async function shapeFault(probe: Probe, batch: Batch): Promise<ReceptiveError | undefined> {
  try {
    await probe(batch);
    return undefined;
  } catch (error) {
    if (!(error instanceof ReceptiveError)) throw error;
    return error.code === 'shape' ? error : undefined;
  }
}
