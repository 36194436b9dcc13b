import { access, constants } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Line } from '../../bytes/lines.js';
import { openQueue } from '../../queue/connection.js';
import type { Connection } from '../../queue/connection.js';
import { Results } from '../../queue/results.js';
import type { Answer } from '../../queue/shard.js';
import { work } from '../../queue/work.js';
import type { WorkOptions } from '../../queue/work.js';
import { countFrom0, wholeNumber } from '../arguments.js';
import { Asker, faultOf } from '../asker.js';
import type { AskOptions } from '../asker.js';
import { withAsking } from '../asking.js';
import { tellEmpty, teller, withQueue } from '../backlog/options.js';
import type { QueueOptions } from '../backlog/options.js';
import { questionOf } from '../backlog/question.js';
import { AlreadyTold, count } from '../output.js';
import type { Output } from '../output.js';
import { readRequest } from '../pipe/request.js';
import { endedBy, StopWish } from '../signals.js';

interface Options extends QueueOptions, AskOptions, Pick<WorkOptions, 'lease' | 'rate' | 'grace'> {
  readonly output: string;
  readonly untilEmpty?: boolean;
}

export function workerCommand(output: Output): Command {
  const command = new Command('worker')
    .description('answer the photos of a queue, shard by shard, beside any number of other workers')
    .argument('<model>', 'a model file, or a net that ships (lenet5, squeezenet1_1)')
    .requiredOption('-o, --output <folder>', 'where results are written, KEY.ndjson for each shard: the folder that the photos were put into the queue with')
    .option('--until-empty', 'end when no shard is left; else wait for more')
    .option('--rate <n/seconds>', 'shards that all workers of the queue together begin in so many seconds, as 10/60', rate)
    .option('--grace <seconds>', 'what a shard has to end after SIGTERM; then it is given back', countFrom0, 20)
    .option('--lease <seconds>', 'after which the shard of a worker that is gone is given to another', wholeNumber, 30);
  return withQueue(withAsking(command)).action((model: string, options: Options) => run(model, options, output));
}

/** @throws InvalidArgumentError for what is no rate */
function rate(text: string): WorkOptions['rate'] {
  const [shards = 0, seconds = 0] = text.split('/').map(Number);
  if (/^\d+\/\d+$/.test(text) && shards >= 1 && seconds >= 1) return { shards, seconds };
  throw new InvalidArgumentError('Expected shards and seconds, each at least 1, like 10/60.');
}

async function run(model: string, options: Options, output: Output): Promise<void> {
  using wish = new StopWish();
  const onTrouble = teller(output);
  const results = await Results.open(options.output, options.queue);
  await using connection = await openQueue(options, onTrouble);
  await tellState(connection, output);
  await using asker = await Asker.open(model, options);
  const question = await questionOf(model, options);
  await work(results, connection, { answer: (line) => answer(asker, line), most: asker.most }, {
    ...options,
    question,
    untilEmpty: options.untilEmpty ?? false,
    signal: wish.signal,
    onTrouble,
    onShard: (key, tally) => output.out(tally ? `${key}: ${count(tally.photos)} photos${tally.failed > 0 ? `, ${count(tally.failed)} of them without an answer` : ''}` : `${key}: its result was there`),
  });
  if (wish.stopped) throw endedBy(wish.stopped);
  // None is left: who waits for the results must learn that some are missing.
  const { failed = 0 } = await connection.queue.getJobCounts('failed');
  if (failed === 0) return;
  output.err(`${count(failed)} shards have no result: receptive queue failed --queue ${options.queue} says why`);
  throw new AlreadyTold();
}

/** What would otherwise look like success, or like a worker that hangs. */
async function tellState({ queue }: Connection, output: Output): Promise<void> {
  await tellEmpty(queue, output);
  if (await queue.isPaused()) output.err(`note: the queue ${queue.name} is paused: receptive queue resume --queue ${queue.name} has it go on`);
}

async function answer(asker: Asker, line: Line): Promise<Answer> {
  const { about, photo } = readRequest(line);
  try {
    if (photo instanceof Error) throw photo;
    return { text: JSON.stringify({ ...about, ...(await asker.ask(photo)) }) };
  } catch (error) {
    const fault = faultOf(error);
    const isPhotos = photo instanceof Error || (fault.code === 'image' && typeof photo === 'string' && (await isReadable(photo)));
    return { text: JSON.stringify({ ...about, error: fault }), fault: { kind: isPhotos ? 'photo' : 'chance', message: fault.message } };
  }
}

/** A file that can be read and is refused is broken; one that cannot be read, as an address, may be there the next time. */
function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(() => true, () => false);
}
