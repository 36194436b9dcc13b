import { placed, ReceptiveError } from '../base/errors.js';
import type { ErrorCode } from '../base/errors.js';

/** What the content of a batch may be wrong by. */
const OF_CONTENT: ReadonlySet<ErrorCode> = new Set(['shape', 'dtype', 'argument', 'geometry']);

/**
 * An error about the content of a batch that a data set gave, of the same class and code, with the batch in front: an index that it
 * names is one of the batch. Another error stays as it is.
 * @param at - 'epoch 1, batch 3'
 * @param advice - what to do about it, where more is known here
 */
export function inBatch(error: unknown, at: string, advice?: (error: ReceptiveError) => string | undefined): unknown {
  if (!(error instanceof ReceptiveError) || !OF_CONTENT.has(error.code)) return error;
  const more = advice?.(error);
  return placed(error, at, `${at}: ${error.message}${more === undefined ? '' : `; ${more}`}`);
}
