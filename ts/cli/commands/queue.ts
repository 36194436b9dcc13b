import { Argument, Command } from 'commander';
import { openQueue } from '../../queue/connection.js';
import type { Connection } from '../../queue/connection.js';
import { failures, retryFailures, statusOf } from '../../queue/status.js';
import type { QueueStatus } from '../../queue/status.js';
import { wholeNumber } from '../arguments.js';
import { tellEmpty, teller, withQueue } from '../backlog/options.js';
import type { QueueOptions } from '../backlog/options.js';
import { count, json, table } from '../output.js';
import type { Output } from '../output.js';

interface Options extends QueueOptions {
  readonly json?: boolean;
  readonly most: number;
}

type Act = (connection: Connection, options: Options, output: Output) => Promise<void>;

const ACTS: Readonly<Record<'status' | 'pause' | 'resume' | 'failed' | 'retry', Act>> = {
  async status(connection, options, output) {
    const status = await statusOf(connection);
    output.out(options.json ? json(status) : describe(status));
  },
  async pause({ queue }, { json: asJson }, output) {
    await queue.pause();
    output.out(asJson ? json({ paused: true }) : 'paused: shards that were begun are ended, and no others begun');
  },
  async resume({ queue }, { json: asJson }, output) {
    await queue.resume();
    output.out(asJson ? json({ paused: false }) : 'resumed');
  },
  async failed(connection, { json: asJson, most }, output) {
    const failed = await failures(connection, most);
    if (asJson) output.out(json(failed));
    else if (failed.length === 0) output.out('no shard has failed');
    else output.out(table([['shard', 'photos', 'tries', 'reason'], ...failed.map(({ shard, photos, tries, reason }) => [shard, count(photos), count(tries), reason])]));
  },
  async retry(connection, { json: asJson }, output) {
    const retried = await retryFailures(connection);
    output.out(asJson ? json({ retried }) : `${count(retried)} shards are in the queue again`);
  },
};

/** How often it is tried to reach a server that is gone: a few seconds. */
const AGAIN = 3;

export function queueCommand(output: Output): Command {
  const command = new Command('queue')
    .description('say how far a queue is and when it will be done, stop it for a while, or try again what failed')
    .addArgument(new Argument('<act>', 'what is wanted').choices(Object.keys(ACTS)))
    .option('--most <n>', 'shards that `failed` lists', wholeNumber, 20)
    .option('--json', 'print JSON instead of text');
  return withQueue(command).action((act: keyof typeof ACTS, options: Options) => run(act, options, output));
}

async function run(act: keyof typeof ACTS, options: Options, output: Output): Promise<void> {
  await using connection = await openQueue(options, teller(output), AGAIN);
  await tellEmpty(connection.queue, output);
  await ACTS[act](connection, options, output);
}

function describe({ paused, photosPerSecond, secondsLeft, workers, ...shards }: QueueStatus): string {
  const rows = Object.entries(shards).map(([name, of]) => [name, count(of)]);
  const speed = photosPerSecond === undefined ? [] : [`${count(photosPerSecond)} photos a second, by the shards completed last`];
  const end = secondsLeft === undefined || secondsLeft === 0 ? [] : [`about ${duration(secondsLeft)} left`];
  return [table([['shards', ''], ...rows]), `${count(workers)} workers${paused ? '; paused' : ''}`, ...speed, ...end].join('\n');
}

/** `3 h 20 min`, `4 min`, `12 s`. */
function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
