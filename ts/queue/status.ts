import type { Connection } from './connection.js';

/** A queue at one moment. */
export interface QueueStatus {
  readonly paused: boolean;
  /** Shards, by what has become of them. */
  readonly waiting: number;
  readonly active: number;
  /** To be tried again after a while. */
  readonly delayed: number;
  readonly failed: number;
  readonly completed: number;
  readonly workers: number;
  /** Of the shards that were completed last; undefined where fewer than two were. */
  readonly photosPerSecond: number | undefined;
  /** Seconds until no shard is left, at that speed; undefined where it is not known, or the queue is paused. */
  readonly secondsLeft: number | undefined;
}

/** A shard of the list of failures. */
export interface FailedShard {
  readonly shard: string;
  readonly photos: number;
  readonly tries: number;
  readonly reason: string;
}

/** Shards by which the speed is estimated. */
const RECENT = 100;

/** How far a queue is. */
export async function statusOf({ queue }: Connection): Promise<QueueStatus> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'completed');
  const of = (type: string): number => counts[type] ?? 0;
  const [paused, workers, recent] = [await queue.isPaused(), await queue.getWorkersCount(), await queue.getCompleted(0, RECENT)];
  // Those of the first moment only say when the others began.
  const times = recent.map(({ finishedOn = 0 }) => finishedOn);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const later = recent.filter(({ finishedOn = 0 }) => finishedOn > from);
  const seconds = (to - from) / 1000;
  const photos = later.reduce((sum, { data }) => sum + data.photos, 0);
  const left = of('waiting') + of('active') + of('delayed');
  const known = later.length > 0;
  return {
    paused, waiting: of('waiting'), active: of('active'), delayed: of('delayed'), failed: of('failed'), completed: of('completed'), workers,
    photosPerSecond: known ? photos / seconds : undefined,
    secondsLeft: left === 0 ? 0 : known && !paused ? (left * seconds) / later.length : undefined,
  };
}

/** The list of failures, latest first. @param most - how many are told */
export async function failures({ queue }: Connection, most: number): Promise<readonly FailedShard[]> {
  const jobs = await queue.getFailed(0, most - 1);
  return jobs.map(({ id = '', data, attemptsMade, failedReason }) => ({ shard: id, photos: data.photos, tries: attemptsMade, reason: failedReason }));
}

/** Puts the shards of the list of failures into the queue again, as if they had not been tried. @returns how many */
export async function retryFailures({ queue }: Connection): Promise<number> {
  let count = 0;
  for (let jobs = await queue.getFailed(0, RECENT - 1); jobs.length > 0; jobs = await queue.getFailed(0, RECENT - 1)) {
    await Promise.all(jobs.map((job) => job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })));
    count += jobs.length;
  }
  return count;
}
