import type { Dataset, DatasetStream } from './data/dataset.js';

/** The data that a round goes through, as far as a place in the middle of a round depends on it. */
export interface RoundOf {
  /** Examples; none is known of a stream. */
  readonly length?: number | undefined;
  readonly batchSize: number;
}

/** Where a fit stands: what a trainer keeps, so that a fit goes on where it stopped. */
export interface Position {
  /** The round with which the fit that is under way began. Rounds are counted over the trainer's whole life, from 0. */
  readonly first: number;
  /** The round that is under way. */
  readonly round: number;
  /** Batches of this round that were learned from. */
  readonly batch: number;
  /** Batches that all fits together learned from: each is augmented by its number. */
  readonly drawn: number;
  /** What this round goes through; absent before the first fit. */
  readonly of?: RoundOf | undefined;
  /** Sums of this round. */
  readonly sums: Sums;
}

/** Sums over the batches of a round. */
export interface Sums {
  /** Examples of the batches whose loss was finite. */
  readonly examples: number;
  /** Loss and accuracy, each times the examples of its batch. */
  readonly loss: number;
  readonly accuracy: number;
  /** Examples of the batches that had an accuracy. */
  readonly judged: number;
}

const NO_SUMS: Sums = { examples: 0, loss: 0, accuracy: 0, judged: 0 };

/** Where a trainer stands that has fitted nothing yet. */
export const START: Position = { first: 0, round: 0, batch: 0, drawn: 0, sums: NO_SUMS };

/**
 * Where a fit begins: a fit that was left goes on in its round, at its batch, if it is of data of the same length in batches of the
 * same size and has rounds left; otherwise a new one begins with a whole round.
 */
export function begin(at: Position, { length }: Dataset | DatasetStream, batchSize: number, epochs: number): Position {
  const left = (at.round > at.first || at.batch > 0) && at.round < at.first + epochs;
  if (left && at.of?.length === length && at.of?.batchSize === batchSize) return at;
  const round = at.batch > 0 ? at.round + 1 : at.round;
  return { first: round, round, batch: 0, drawn: at.drawn, of: { length, batchSize }, sums: NO_SUMS };
}

/** After one more batch. `loss`: none where the batch was left out. */
export function afterBatch(at: Position, examples: number, loss: number | undefined, accuracy: number | undefined): Position {
  const { sums } = at;
  return {
    ...at,
    batch: at.batch + 1,
    drawn: at.drawn + 1,
    sums: {
      examples: sums.examples + (loss === undefined ? 0 : examples),
      loss: sums.loss + (loss ?? 0) * examples,
      accuracy: sums.accuracy + (accuracy ?? 0) * examples,
      judged: sums.judged + (accuracy === undefined ? 0 : examples),
    },
  };
}

/** At the end of a round; after the last one the fit is over, and the next one begins anew. */
export function afterRound(at: Position, epochs: number): Position {
  const round = at.round + 1;
  return { ...at, first: round < at.first + epochs ? at.first : round, round, batch: 0, sums: NO_SUMS };
}

/** Whether a value that was read from a file is a position. */
export function isPosition(value: unknown): value is Position {
  const { first, round, batch, drawn, of, sums } = (value ?? {}) as Partial<Record<keyof Position, unknown>>;
  const counts = [first, round, batch, drawn].every((count) => Number.isSafeInteger(count) && Number(count) >= 0);
  const numbers = Object.keys(NO_SUMS).every((name) => Number.isFinite((sums as Record<string, unknown> | undefined)?.[name]));
  return counts && numbers && Number(first) <= Number(round) && (of === undefined || Number.isSafeInteger((of as RoundOf | null)?.batchSize));
}
