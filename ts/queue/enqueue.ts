import type { JobsOptions } from 'bullmq';
import { wrong } from '../base/wrong.js';
import type { Connection } from './connection.js';
import type { Results } from './results.js';
import { Seen } from './seen.js';

/** How photos are put into a queue. */
export interface EnqueueOptions {
  /** Photos of a shard. */
  readonly shardSize: number;
  /** How often a shard is tried before it goes to the list of failures. */
  readonly attempts: number;
  /** Seconds before the second try; each further one waits twice as long. */
  readonly backoff: number;
}

/** What was put into a queue. */
export interface Enqueued {
  /** Photos and shards that are new. */
  readonly photos: number;
  readonly shards: number;
  /** Photos that were named before: now or earlier. */
  readonly known: number;
  /** Shards of earlier that have no result and were not in the queue any more. */
  readonly restored: number;
}

/** Jobs that are added by one command. */
const BATCH = 100;

interface Shard {
  readonly key: string;
  readonly photos: number;
}

/**
 * Puts photos into a queue, in shards. A photo that was put there before is left out, and a shard that has no result and is not in the
 * queue, since a crash came between, is put there again: doing it twice does no more than doing it once.
 * @param lines - one for each photo
 * @throws ArgumentError where the queue still has shards of another folder
 */
export async function enqueue(lines: AsyncIterable<string>, results: Results, { queue }: Connection, options: EnqueueOptions): Promise<Enqueued> {
  await expectFolder(queue, results);
  const adder = new Adder(queue, results, options);
  const seen = new Seen();
  const restored = await restore(results, seen, queue, adder);
  let [known, photos, shards] = [0, 0, 0];
  let shard: string[] = [];
  const cut = async (): Promise<void> => {
    if (shard.length === 0) return;
    // The list is written before the job is added: a crash between the two is mended by `restore`.
    await adder.add({ key: await results.add(shard), photos: shard.length });
    photos += shard.length;
    shards++;
    shard = [];
  };
  for await (const line of lines) {
    if (!seen.add(line)) known++;
    else if (shard.push(line) === options.shardSize) await cut();
  }
  await cut();
  await adder.flush();
  return { photos, shards, known, restored };
}

/** Reads the shards of earlier. @returns how many were put into the queue again */
async function restore(results: Results, seen: Seen, queue: Connection['queue'], adder: Adder): Promise<number> {
  const done = await results.done();
  let restored = 0;
  for (const key of await results.shards()) {
    let photos = 0;
    for await (const { text } of results.linesOf(key)) {
      if (text !== undefined) seen.add(text);
      photos++;
    }
    if (done.has(key) || (await isKept(queue, key, ['failed']))) continue;
    await adder.add({ key, photos });
    restored++;
  }
  return restored;
}

/**
 * Whether a shard without a result is in the queue: to be done, or in one of these states besides. One that is over there has lost its result:
 * it is taken out, since the queue would pass over another of its name.
 */
async function isKept(queue: Connection['queue'], key: string, besides: readonly string[] = []): Promise<boolean> {
  const job = await queue.getJob(key);
  if (!job) return false;
  const state = await job.getState();
  if ((state !== 'completed' && state !== 'failed') || besides.includes(state)) return true;
  await job.remove();
  return false;
}

/** Workers have one folder. @throws ArgumentError where shards of another are still to be done, or have failed */
async function expectFolder(queue: Connection['queue'], results: Results): Promise<void> {
  const [job] = await queue.getJobs(['wait', 'active', 'delayed', 'failed'], 0, 0);
  if (job === undefined || job.data.folder === results.name) return;
  wrong(`--output: ${results.folder}`, `the folder whose shards the queue ${queue.name} has`, 'another', { hint: 'name a queue of its own by --queue, or that folder' });
}

/** Adds jobs, many at a time. */
class Adder {
  private waiting: Shard[] = [];
  private readonly options: JobsOptions;

  constructor(
    private readonly queue: Connection['queue'],
    private readonly results: Results,
    { attempts, backoff }: EnqueueOptions,
  ) {
    this.options = { attempts, backoff: { type: 'exponential', delay: 1000 * backoff, jitter: 0.5 } };
  }

  async add(shard: Shard): Promise<void> {
    if (this.waiting.push(shard) === BATCH) await this.flush();
  }

  async flush(): Promise<void> {
    const jobs = this.waiting.map(({ key, photos }) => ({ name: 'shard', data: { photos, folder: this.results.name }, opts: { ...this.options, jobId: key } }));
    this.waiting = [];
    await Promise.all(jobs.map(({ opts }) => isKept(this.queue, opts.jobId)));
    if (jobs.length > 0) await this.queue.addBulk(jobs);
  }
}
