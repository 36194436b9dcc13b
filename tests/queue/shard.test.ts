/** What becomes of a shard: its result, whole or not at all. */
import { getEventListeners } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArgumentError } from '../../ts/base/errors.js';
import type { Line } from '../../ts/bytes/lines.js';
import { Results } from '../../ts/queue/results.js';
import { answerShard, GivenUp } from '../../ts/queue/shard.js';
import type { Answer, Answering } from '../../ts/queue/shard.js';

let folder = '';
let results: Results;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'receptive-results-'));
  results = await Results.make(folder, 'first');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = Array.from({ length: 30 }, (_, i) => `photo-${i}`);
const { signal } = new AbortController();
const written = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.ndjson')).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));

/** Answers each with its name, and those of a list with a fault. */
function answering(faulty: readonly string[] = [], kind: 'photo' | 'chance' = 'photo'): Answering & { asked: number } {
  const own = {
    asked: 0,
    most: 4,
    answer: ({ text = '' }: Line): Promise<Answer> => {
      own.asked++;
      return Promise.resolve({ text: `"${text}"`, fault: faulty.includes(text) ? { kind, message: `${text} fails` } : undefined });
    },
  };
  return own;
}

describe('a shard', () => {
  it('has a line for each photo, in their order, and is not answered twice', async () => {
    const key = await results.add(NAMES);
    const all = answering();
    expect(await answerShard(key, results, all, { last: false, signal })).toEqual({ photos: 30, failed: 0 });
    expect(written()).toEqual(NAMES.map((name) => `"${name}"`));
    expect(await answerShard(key, results, all, { last: false, signal })).toBeUndefined();
    expect(all.asked).toBe(30);
  });

  it('has lines of broken photos', async () => {
    const key = await results.add(NAMES);
    expect(await answerShard(key, results, answering(['photo-3', 'photo-29']), { last: false, signal })).toEqual({ photos: 30, failed: 2 });
    expect(written()).toHaveLength(30);
  });

  it('is left as it was by a fault by chance, and has a line of it after the last try', async () => {
    const key = await results.add(NAMES);
    const faulty = answering(['photo-3'], 'chance');
    await expect(answerShard(key, results, faulty, { last: false, signal })).rejects.toThrow(/shard [0-9a-f]{32}: a photo could not be answered \(photo-3 fails\)/);
    expect(faulty.asked).toBeLessThan(10);
    expect([written(), readdirSync(join(folder, 'parts'))]).toEqual([[], []]);
    expect(await answerShard(key, results, faulty, { last: true, signal })).toEqual({ photos: 30, failed: 1 });
    expect(written()).toHaveLength(30);
  });

  it('fails for good where no photo was answered in the last try', async () => {
    const key = await results.add(NAMES);
    await expect(answerShard(key, results, answering(NAMES, 'chance'), { last: true, signal })).rejects.toThrow(/none of 30 photos could be answered \(photo-0 fails\).*queue retry/);
    expect(written()).toEqual([]);
  });

  it('is given up with the signal, and nothing of it stays', async () => {
    const key = await results.add(NAMES);
    const abort = new AbortController();
    const all = answering();
    const stopping: Answering = { most: 4, answer: (line) => (line.number === 9 && abort.abort(), all.answer(line)) };
    await expect(answerShard(key, results, stopping, { last: true, signal: abort.signal })).rejects.toThrow(GivenUp);
    expect([written(), readdirSync(join(folder, 'parts'))]).toEqual([[], []]);
  });
});

it('a worker of many shards leaves nothing on its signal', async () => {
  const abort = new AbortController();
  for (let i = 0; i < 30; i++) await answerShard(await results.add([String(i)]), results, answering(), { last: false, signal: abort.signal });
  expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
});

describe('the folder of results', () => {
  it('is asked for shards by their digests alone', async () => {
    for (const key of ['../../etc/passwd', '', 'A'.repeat(32), `${'a'.repeat(32)}/x`]) expect(() => results.resultOf(key)).toThrow(ArgumentError);
    const key = 'a'.repeat(32);
    await expect(answerShard(key, results, answering(), { last: true, signal })).rejects.toThrow(/expected the list of a shard, got no such file; workers need the folder/);
  });

  it('has the same key for the same list', async () => {
    const [one, same, other] = [await results.add(NAMES), await results.add(NAMES), await results.add(NAMES.slice(1))];
    expect(one).toBe(same);
    expect([...(await results.shards())].sort()).toEqual([one, other].sort());
  });

  it('loses what a worker that died had begun of a shard once it is there', async () => {
    const key = await results.add(NAMES);
    writeFileSync(join(folder, 'parts', `${key}.ndjson.died`), 'half');
    await answerShard(key, results, answering(), { last: false, signal });
    expect(readdirSync(join(folder, 'parts'))).toEqual([]);
  });

  it('takes what two workers write of the same shard once', async () => {
    const key = await results.add(NAMES);
    const tallies = await Promise.all([1, 2, 3].map(() => answerShard(key, results, answering(), { last: false, signal })));
    expect(tallies.filter(Boolean).length).toBeGreaterThan(1);
    expect(written()).toEqual(NAMES.map((name) => `"${name}"`));
  });

  it('is not made by a worker that was told of another one', async () => {
    await expect(Results.open(join(folder, 'other'), 'first')).rejects.toThrow(/other: expected the folder that photos were put into the queue with.*receptive enqueue makes it/);
    expect(readdirSync(folder)).not.toContain('other');
  });

  it('says where it cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(Results.make(join(folder, 'file'), 'first')).rejects.toThrow(/--output: .*file: expected a folder that can be written to/);
  });
});
