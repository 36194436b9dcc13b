import { createHash, randomUUID } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ReceptiveError } from '../base/errors.js';
import { fileReason } from '../bytes/file-reason.node.js';
import { linesOf } from '../bytes/lines.js';
import type { Line } from '../bytes/lines.js';
import { failed, wrong } from '../base/wrong.js';
import { claim, readOwner } from './owner.js';
import type { Owner } from './owner.js';
import { expectQuestion } from './question.js';
import type { Question } from './question.js';

/** Bytes that a photo's line may have: a path or URL, and what names it. */
export const MOST_BYTES = 1 << 16;

const KEY = /^[0-9a-f]{32}$/;
const LIST = '.list';
const RESULT = '.ndjson';
const [OWNER, QUESTION] = ['owner.json', 'question.json'];

/**
 * A folder of results, of one queue: in `shards` the list of each shard, `KEY.list`, and beside that folder its result, `KEY.ndjson`. A shard's key is a
 * digest of its list. Files of either kind are written in `parts` and renamed: one is there whole or not at all, so that what is there is
 * the truth after any crash, of the queue's server too.
 */
export class Results {
  private readonly shardFolder: string;
  private readonly parts: string;

  private constructor(
    readonly folder: string,
    private readonly owner: Owner,
  ) {
    this.shardFolder = join(folder, 'shards');
    this.parts = join(folder, 'parts');
  }

  /** Makes the folder where it is not there. @throws ArgumentError where it cannot be made, or is that of another queue */
  static async make(folder: string, queue: string): Promise<Results> {
    const shards = join(folder, 'shards');
    const owner = await Promise.all([shards, join(folder, 'parts')].map((each) => mkdir(each, { recursive: true })))
      .then(() => claim(join(shards, OWNER), queue))
      .catch((cause: unknown) => (cause instanceof ReceptiveError ? Promise.reject(cause) : wrong(`--output: ${folder}`, 'a folder that can be written to', fileReason(cause), { cause })));
    expectQueue(folder, owner, queue);
    return new Results(folder, owner);
  }

  /** @throws ArgumentError where it is not there, or is that of another queue: a worker that was told of it fails no shards */
  static async open(folder: string, queue: string): Promise<Results> {
    const owner = await readOwner(join(folder, 'shards', OWNER));
    if (!owner) wrong(`--output: ${folder}`, 'the folder that photos were put into the queue with', 'one without shards', { hint: 'receptive enqueue makes it' });
    expectQueue(folder, owner, queue);
    return new Results(folder, owner);
  }

  /** What jobs name the folder by. */
  get name(): string {
    return this.owner.folder;
  }

  /** @throws ArgumentError where the results that are there are answers to another question */
  expectQuestion(question: Question): Promise<void> {
    return expectQuestion(join(this.shardFolder, QUESTION), question);
  }

  /** The keys of all shards. */
  async shards(): Promise<readonly string[]> {
    return (await readdir(this.shardFolder)).flatMap((name) => (name.endsWith(LIST) && KEY.test(name.slice(0, -LIST.length)) ? [name.slice(0, -LIST.length)] : []));
  }

  /** Whether the result of a shard is there. */
  has(key: string): boolean {
    return existsSync(this.resultOf(key));
  }

  /** The keys of the shards whose results are there. */
  async done(): Promise<ReadonlySet<string>> {
    return new Set((await readdir(this.folder)).flatMap((name) => (name.endsWith(RESULT) ? [name.slice(0, -RESULT.length)] : [])));
  }

  /** Where the result of a shard is, or will be. @throws ArgumentError for what is no key of a shard */
  resultOf(key: string): string {
    return join(this.folder, `${expectKey(key)}${RESULT}`);
  }

  private listOf(key: string): string {
    return join(this.shardFolder, `${expectKey(key)}${LIST}`);
  }

  /** Writes the list of a shard. @returns its key */
  async add(lines: readonly string[]): Promise<string> {
    const text = `${lines.join('\n')}\n`;
    const key = keyOf(createHash('sha256').update(text));
    await this.writeWhole(this.listOf(key), (file) => file.writeFile(text));
    return key;
  }

  /** The lines of a shard. @throws ArgumentError where its list cannot be read, and at its end where it is not what was put into the queue */
  async *linesOf(key: string): AsyncGenerator<Line> {
    const path = this.listOf(key);
    const hash = createHash('sha256');
    try {
      yield* linesOf(hashed(createReadStream(path), hash), MOST_BYTES);
    } catch (cause) {
      wrong(path, 'the list of a shard', fileReason(cause), { hint: 'workers need the folder that the shards were added with', cause });
    }
    if (keyOf(hash) !== key) wrong(path, 'the list that was put into the queue', 'one that was changed since', { hint: 'its name is its digest: put back what it was, or remove it and put its photos into the queue anew' });
  }

  /** Writes the result of a shard: whole, or, where what writes it throws, not at all. What workers that died had begun of it is removed. */
  async write(key: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
    await this.writeWhole(this.resultOf(key), write);
    const left = (await readdir(this.parts)).filter((name) => name.startsWith(key));
    await Promise.all(left.map((name) => rm(join(this.parts, name), { force: true })));
  }

  /** Writes a part, to the disk, and renames it: who looks, after a crash too, sees the whole file or none. */
  private async writeWhole(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
    const part = join(this.parts, `${basename(path)}.${randomUUID()}`);
    try {
      await using file = await open(part, 'wx');
      await write(file);
      await file.sync();
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    await rename(part, path).catch((cause: unknown) => {
      // Another worker, which was given the same shard, has written it meanwhile and removed this part.
      if (!existsSync(path)) failed(path, 'it cannot be written', fileReason(cause), { cause });
    });
  }
}

/** The name of a list by what is in it. */
const keyOf = (list: Hash): string => list.digest('hex').slice(0, 32);

async function* hashed(pieces: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

/** Answers of two queues, to different questions perhaps, are not to lie beside each other. */
function expectQueue(folder: string, { queue }: Owner, asked: string): void {
  if (queue !== asked) wrong(`--output: ${folder}`, `a folder of the queue ${asked}`, `that of the queue ${queue}`, { hint: 'each queue has a folder of its own' });
}

/** A name that comes from the queue must not lead out of the folder. */
function expectKey(key: string): string {
  return KEY.test(key) ? key : wrong('shard', 'a key of 32 hexadecimal digits', JSON.stringify(key).slice(0, 80));
}
