import { Command, InvalidArgumentError } from 'commander';
import { openQueue } from '../../queue/connection.js';
import { enqueue } from '../../queue/enqueue.js';
import type { EnqueueOptions } from '../../queue/enqueue.js';
import { Results } from '../../queue/results.js';
import { wholeNumber } from '../arguments.js';
import { teller, withQueue } from '../backlog/options.js';
import type { QueueOptions } from '../backlog/options.js';
import { namedBy } from '../backlog/sources.js';
import { count } from '../output.js';
import type { Output } from '../output.js';

interface Options extends QueueOptions, EnqueueOptions {
  readonly output: string;
  readonly base?: string;
  readonly json?: boolean;
}

/** How often it is tried to reach a server that is gone: about half a minute. */
const AGAIN = 12;

export function enqueueCommand(output: Output): Command {
  const command = new Command('enqueue')
    .description('put photos into a queue, for any number of workers; what is there already is left out')
    .argument('<source...>', 'folders, photos, URLs, lists (a path or URL a line, or what `aws s3 ls --recursive` prints), or - for a list by the standard input')
    .requiredOption('-o, --output <folder>', 'where the results will be: the same folder that the workers are given')
    .option('--base <address>', 'what names in lists are below: a folder, or an address as https://BUCKET.s3.REGION.amazonaws.com/', base)
    .option('--shard-size <n>', 'photos that a worker takes at a time', wholeNumber, 1000)
    .option('--attempts <n>', 'how often a shard is tried before it goes to the list of failures', wholeNumber, 3)
    .option('--backoff <seconds>', 'before the second try; each further one waits twice as long', wholeNumber, 5)
    .option('--json', 'print JSON instead of text');
  return withQueue(command).action((sources: string[], options: Options) => run(sources, options, output));
}

/** @throws InvalidArgumentError for an address that photos cannot be asked of */
function base(text: string): string {
  if (!/^[a-z]{2,}:\/\//i.test(text) || (/^https?:/i.test(text) && URL.canParse(text))) return text;
  throw new InvalidArgumentError('Expected a folder, or an address by https or http.');
}

async function run(sources: readonly string[], options: Options, output: Output): Promise<void> {
  await using connection = await openQueue(options, teller(output), AGAIN);
  const added = await enqueue(namedBy(sources, options.base), await Results.make(options.output, options.queue), connection, options);
  if (options.json) return output.out(JSON.stringify(added));
  const { photos, shards, known, restored } = added;
  output.out(`${count(photos)} photos in ${count(shards)} shards are new`);
  if (known > 0) output.out(`${count(known)} were there already`);
  if (restored > 0) output.out(`${count(restored)} shards of earlier had neither a result nor a place in the queue, and are in it again`);
}
