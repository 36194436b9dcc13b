import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { inOrder } from '../../base/in-order.js';
import { linesOf } from '../../bytes/lines.js';
import type { Line } from '../../bytes/lines.js';
import { withAsking } from '../asking.js';
import { Asker, faultOf } from '../asker.js';
import type { AskOptions } from '../asker.js';
import { AlreadyTold, count } from '../output.js';
import type { Output } from '../output.js';
import { MOST_BYTES, readRequest } from '../pipe/request.js';
import type { PhotoRequest } from '../pipe/request.js';
import { endedBy, StopWish } from '../signals.js';

interface Options extends AskOptions {
  readonly shard?: Shard;
}

/** One of several equal parts. */
interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

interface Answered {
  readonly text: string;
  readonly failed: boolean;
}

export function pipeCommand(output: Output): Command {
  const command = new Command('pipe')
    .description('answer photos that are named on the standard input, a line of JSON for each, in their order')
    .argument('<model>', 'a model file, or a net that ships (lenet5, squeezenet1_1)')
    .option('--shard <i/n>', 'answer every n-th line alone, from the i-th on: 1/4, 2/4, 3/4 and 4/4 share a list', shard);
  return withAsking(command).action((model: string, options: Options) => run(model, options, output));
}

/** @throws InvalidArgumentError for what is no part */
function shard(text: string): Shard {
  const [index = 0, of = 0] = text.split('/').map(Number);
  if (/^\d+\/\d+$/.test(text) && index >= 1 && index <= of && Number.isSafeInteger(of)) return { index, of };
  throw new InvalidArgumentError('Expected a part and how many there are, from 1/1 on, like 2/4.');
}

/** A photo that fails has a line that says why, and the others still get their answer; the exit code tells. */
async function run(model: string, options: Options, output: Output): Promise<void> {
  using wish = new StopWish();
  await using asker = await Asker.open(model, options);
  let [lines, failures] = [0, 0];
  const requests = mine(linesOf(process.stdin, MOST_BYTES), options.shard);
  try {
    for await (const { text, failed } of inOrder(requests, { most: asker.most, work: (line) => answer(asker, readRequest(line)), signal: wish.signal })) {
      lines++;
      if (failed) failures++;
      output.out(text);
      // Who reads slowly is waited for: no more lines are read meanwhile.
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
    }
  } finally {
    process.stdin.destroy();
  }
  if (failures > 0) output.err(`${count(failures)} of ${count(lines)} photos have no answer: the field "error" of their lines says why`);
  if (wish.stopped) throw endedBy(wish.stopped);
  if (failures > 0) throw new AlreadyTold();
}

async function* mine(lines: AsyncIterable<Line>, part: Shard = { index: 1, of: 1 }): AsyncGenerator<Line> {
  for await (const line of lines) if ((line.number - part.index) % part.of === 0) yield line;
}

async function answer(asker: Asker, { about, photo }: PhotoRequest): Promise<Answered> {
  try {
    if (photo instanceof Error) throw photo;
    return { text: JSON.stringify({ ...about, ...(await asker.ask(photo)) }), failed: false };
  } catch (error) {
    return { text: JSON.stringify({ ...about, error: faultOf(error) }), failed: true };
  }
}
