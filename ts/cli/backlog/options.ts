import { Option } from 'commander';
import type { Command } from 'commander';
import type { Connection, QueueAddress } from '../../queue/connection.js';
import type { Output } from '../output.js';
import { inOwnWords } from './words.js';

/** What every command of a queue understands. */
export type QueueOptions = QueueAddress;

/** Adds the options that say which queue it is. */
export function withQueue(command: Command): Command {
  return command
    .requiredOption('--queue <name>', 'the name of the queue')
    .addOption(new Option('--redis <url>', 'where its server is').env('REDIS_URL').default('redis://127.0.0.1:6379'));
}

/** A queue is there once it is named: one whose name was mistyped is empty. */
export async function tellEmpty(queue: Connection['queue'], output: Output): Promise<void> {
  const counts = Object.values(await queue.getJobCounts());
  if (counts.every((some) => some === 0)) output.err(`note: the queue ${queue.name} is empty: receptive enqueue puts photos into it`);
}

/** For how long the same trouble is told once, in ms. */
const QUIET = 30_000;

/** Tells what is wrong meanwhile; what comes again and again is told now and then. */
export function teller(output: Output): (error: Error) => void {
  const told = new Map<string, number>();
  return (error) => {
    const [now, text] = [performance.now(), inOwnWords(reasonOf(error))];
    for (const [old, at] of told) if (now - at > QUIET) told.delete(old);
    if (told.has(text)) return;
    told.set(text, now);
    output.err(`note: ${text}`);
  };
}

/** Of an address with several meanings, as localhost, Node's error has its reasons inside. */
function reasonOf(error: Error): string {
  if (error.message !== '') return error.message;
  return error instanceof AggregateError ? error.errors.map(String).join('; ') : error.name;
}
