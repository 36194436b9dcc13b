import { setTimeout as wait } from 'node:timers/promises';
import type * as bullmq from 'bullmq';
import type { Redis } from 'ioredis';
import { failed, wrong } from '../base/wrong.js';

/** Where a queue is. */
export interface QueueAddress {
  readonly queue: string;
  /** `redis://HOST:PORT/NUMBER`, or `rediss:` by TLS. */
  readonly redis: string;
}

/** What a job holds: its name is the key of a shard, whose list lies with the results. */
export interface ShardJob {
  readonly photos: number;
  /** The name that the folder of the results has for itself. */
  readonly folder: string;
}

/** A queue whose server has answered. */
export interface Connection extends AsyncDisposable {
  readonly bullmq: typeof bullmq;
  readonly redis: Redis;
  readonly queue: bullmq.Queue<ShardJob>;
}

/** How long a server is given to answer at first, in ms. */
const PATIENCE = 5000;

/**
 * Opens a queue. A server that does not answer at first is an error. One that is gone later is waited for, for as long as `again` says.
 * @param onTrouble - told what is wrong with the connection, each time
 * @param again - how often it is tried to reach the server again before what was asked of it fails; default: without end
 * @throws ArgumentError for an address or name that is none, packages that are missing, and a server that does not answer
 */
export async function openQueue({ queue, redis: address }: QueueAddress, onTrouble: (error: Error) => void, again = Infinity): Promise<Connection> {
  const place = placeOf(address);
  if (!/^[\w.-]+$/.test(queue)) wrong('--queue', 'a name of letters, digits, dots, dashes and underscores', JSON.stringify(queue));
  const [bull, Redis] = await packages();
  await expectAnswer(new Redis(address, { lazyConnect: true, connectTimeout: PATIENCE, maxRetriesPerRequest: 0, retryStrategy: () => null }), place);
  const retryStrategy = (times: number): number | null => (times > again ? null : Math.min(100 * 2 ** Math.min(times, 6), 3000));
  const redis = new Redis(address, { connectTimeout: PATIENCE, maxRetriesPerRequest: null, retryStrategy });
  redis.on('error', onTrouble);
  const opened = new bull.Queue<ShardJob>(queue, { connection: redis });
  opened.on('error', onTrouble);
  return {
    bullmq: bull,
    redis,
    queue: opened,
    async [Symbol.asyncDispose]() {
      await opened.close().catch(onTrouble);
      redis.disconnect();
    },
  };
}

/** The address without what is secret in it. @throws ArgumentError for what is no address of a server */
function placeOf(address: string): string {
  const hint = 'redis://127.0.0.1:6379, or rediss:// by TLS';
  if (!URL.canParse(address)) wrong('--redis', 'an address', 'other text', { hint });
  const url = new URL(address);
  if (!/^rediss?:$/.test(url.protocol)) wrong('--redis', 'an address of Redis', `one that begins with ${url.protocol}`, { hint });
  return `${url.protocol}//${url.host}`;
}

/** @throws ArgumentError where one is missing */
async function packages(): Promise<readonly [typeof bullmq, typeof Redis]> {
  try {
    const [bull, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
    return [bull, ioredis.Redis];
  } catch (cause) {
    wrong('queue', 'the packages bullmq and ioredis, by which queues are kept in Redis', 'not both installed', { hint: 'npm install bullmq ioredis', cause });
  }
}

/** @throws ArgumentError where it does not answer in time */
async function expectAnswer(probe: Redis, place: string): Promise<void> {
  // Of all that goes wrong the first is the reason; what the promises say then is that the connection is closed.
  let reason: string | undefined;
  probe.on('error', (error: NodeJS.ErrnoException) => (reason ??= error.message === '' ? error.code : error.message));
  const late = new AbortController();
  try {
    const answer = probe.connect().then(() => probe.ping());
    answer.catch(() => undefined);
    await Promise.race([answer, wait(PATIENCE, undefined, { signal: late.signal }).then(() => Promise.reject(new Error(`nothing for ${PATIENCE / 1000} s`)))]);
  } catch (cause) {
    reason ??= cause instanceof Error ? cause.message : String(cause);
    failed(`--redis: ${place}`, 'the server does not answer', reason, { hint: 'start it (redis-server --appendonly yes), or correct the address', cause });
  } finally {
    late.abort();
    probe.disconnect();
  }
}
