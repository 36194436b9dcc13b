import { setTimeout as wait } from 'node:timers/promises';
import type { Job, Worker } from 'bullmq';
import { mismatch } from '../base/wrong.js';
import type { Connection, ShardJob } from './connection.js';
import type { Question } from './question.js';
import type { Results } from './results.js';
import { answerShard, GivenUp } from './shard.js';
import type { Answering, Tally } from './shard.js';

/** How shards are taken. */
export interface WorkOptions {
  /** What is asked about photos; all workers of a folder are to ask the same. */
  readonly question: Question;
  /** Seconds after which the shard of a worker that is gone is given to another. */
  readonly lease: number;
  /** Shards that all workers of the queue together begin, at most, in so many seconds. */
  readonly rate?: { readonly shards: number; readonly seconds: number } | undefined;
  /** Whether to end when nothing is left. */
  readonly untilEmpty: boolean;
  /** Seconds that a shard which was begun has to end, once the signal is aborted; then it is given back. */
  readonly grace: number;
  readonly signal: AbortSignal;
  readonly onShard: (key: string, tally: Tally | undefined) => void;
  readonly onTrouble: (error: Error) => void;
}

/**
 * How often a shard may be left by workers that died before it goes to the list of failures. Machines that are taken away do no shard
 * harm, one that ends each worker with its photos must not do so for ever.
 */
const MOST_LEFT = 25;

/** How often it is asked whether anything is left, in ms. */
const POLL = 500;

/** Seconds added to the grace, in which a shard is given back. */
const PARTING = 3;

/**
 * Takes shards from a queue and answers them, until the signal is aborted or, where that is wanted, none is left.
 * @throws ArgumentError where a shard is of another folder, or the answers there are to another question; it is given back
 */
export async function work(results: Results, connection: Connection, answering: Answering, options: WorkOptions): Promise<void> {
  const { lease, rate, grace, signal, onTrouble } = options;
  const giveUp = new AbortController();
  let turnAway: (error: unknown) => void = () => undefined;
  const turnedAway = new Promise<never>((_, reject) => (turnAway = reject));
  turnedAway.catch(() => undefined);
  const take = async (job: Job<ShardJob>, token: string | undefined): Promise<Tally | null> => {
    const key = job.id ?? '';
    try {
      if (job.data.folder !== results.name) {
        turnAway(mismatch(`--output: ${results.folder}`, 'the folder that the photos of this queue were put into it with', 'another', { hint: `shard ${key}, for one, is not of it` }));
        throw new GivenUp();
      }
      await results.expectQuestion(options.question).catch((error: unknown) => {
        turnAway(error);
        throw new GivenUp();
      });
      const tally = await answerShard(key, results, answering, { last: job.attemptsMade + 1 >= (job.opts.attempts ?? 1), signal: giveUp.signal });
      options.onShard(key, tally);
      return tally ?? null;
    } catch (error) {
      if (!(error instanceof GivenUp)) throw error;
      await job.moveToWait(token);
      throw new connection.bullmq.WaitingError();
    }
  };
  const worker = new connection.bullmq.Worker<ShardJob>(connection.queue.name, take, {
    connection: connection.redis,
    lockDuration: 1000 * lease,
    stalledInterval: 500 * lease,
    maxStalledCount: MOST_LEFT,
    ...(rate && { limiter: { max: rate.shards, duration: 1000 * rate.seconds } }),
  });
  worker.on('error', onTrouble);
  worker.on('failed', (_, error) => onTrouble(error));
  try {
    await Promise.race([aborted(signal), turnedAway, ...(options.untilEmpty ? [emptied(connection.queue, signal)] : [])]);
  } finally {
    await closed(worker, giveUp, grace);
  }
}

/** Ends the worker once its shard has ended, or when its time is over. */
async function closed(worker: Worker<ShardJob>, giveUp: AbortController, grace: number): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const late = wait(1000 * grace, undefined, { signal }).then(() => {
    giveUp.abort();
    // A server that does not answer keeps nobody: the lease gives the shard to another.
    return wait(1000 * PARTING, undefined, { signal });
  });
  late.catch(() => undefined);
  await Promise.race([worker.close(), late]);
  over.abort();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves when no shard waits or is under way anywhere, or the signal is aborted and the server answers. */
async function emptied(queue: Connection['queue'], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
    if (Object.values(counts).every((count) => count === 0)) return;
    await wait(POLL, undefined, { signal }).catch(() => undefined);
  }
}
