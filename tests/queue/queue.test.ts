/** The commands of a queue, with a server of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { blockUnder } from '../guides/blocks.mjs';
import { cliWith } from '../support/cli-input.js';
import { loneCli } from '../support/lone-cli.js';
import { cli, CLI, startCli } from '../support/run-cli.js';
import { chaos, picture } from './chaos.mjs';
import { RedisServer, WITHOUT_REDIS } from './redis.mjs';

const folder = mkdtempSync(join(tmpdir(), 'receptive-queue-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(WITHOUT_REDIS)(`a queue${WITHOUT_REDIS === undefined ? '' : ` (${WITHOUT_REDIS})`}`, () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await RedisServer.start()));
  afterAll(() => server.stop());

  /** Each test has a queue and folders of its own. */
  let [number, photos, out] = [0, '', ''];
  beforeEach(() => {
    [photos, out] = [join(folder, `photos-${++number}`), join(folder, `out-${number}`)];
    mkdirSync(join(photos, 'more'), { recursive: true });
    for (let i = 0; i < 10; i++) writeFileSync(join(photos, i < 7 ? '' : 'more', `${i}.bmp`), picture(i));
  });
  const queue = (): string[] => ['--queue', `q${number}`, '--redis', server.url];
  const enqueue = (...args: string[]) => cli('enqueue', ...args, ...queue(), '-o', out, '--shard-size', '4', '--attempts', '2', '--backoff', '1', '--json');
  const workerArgs = (...args: string[]): string[] => ['worker', 'lenet5', ...queue(), '-o', out, '--workers', '1', '--top', '1', '--lease', '3', ...args];
  const worker = (...args: string[]) => cli(...workerArgs('--until-empty', ...args));
  const act = (...args: string[]) => cli('queue', ...args, ...queue());
  const status = async () => JSON.parse((await act('status', '--json')).out) as Record<string, number | boolean | undefined>;
  const results = () => readdirSync(out).filter((name) => name.endsWith('.ndjson')).flatMap((name) => readFileSync(join(out, name), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>));

  it('takes the photos of a folder once, and a worker answers each once', async () => {
    expect(JSON.parse((await enqueue(photos)).out)).toEqual({ photos: 10, shards: 3, known: 0, restored: 0 });
    expect(JSON.parse((await enqueue(photos)).out)).toEqual({ photos: 0, shards: 0, known: 10, restored: 0 });
    expect(await status()).toMatchObject({ waiting: 3, completed: 0, failed: 0, paused: false });
    const { code, err } = await worker();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(results().map(({ path }) => path).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => join(photos, i < 7 ? '' : 'more', `${i}.bmp`)).sort());
    expect(results().every(({ top }) => Array.isArray(top) && top.length === 1)).toBe(true);
    expect(await status()).toMatchObject({ waiting: 0, active: 0, completed: 3, secondsLeft: 0 });
    writeFileSync(join(photos, 'new.bmp'), picture(3));
    expect(JSON.parse((await enqueue(photos)).out)).toEqual({ photos: 1, shards: 1, known: 10, restored: 0 });
  });

  it('takes lists, with the names that their photos are given', async () => {
    const list = [join(photos, '0.bmp'), '', JSON.stringify({ id: 'one', path: join(photos, '1.bmp') }), join(photos, '0.bmp')].join('\n');
    writeFileSync(join(photos, 'list.txt'), list);
    const sent = await cliWith(list, 'enqueue', '-', join(photos, 'list.txt'), ...queue(), '-o', out, '--json');
    expect(JSON.parse(sent.out)).toEqual({ photos: 2, shards: 1, known: 4, restored: 0 });
    await worker();
    expect(results()).toMatchObject([{ path: join(photos, '0.bmp') }, { id: 'one', path: join(photos, '1.bmp') }]);
  });

  it('takes no photo for a list', async () => {
    const { code, err } = await cliWith(Buffer.from(picture(1)), 'enqueue', '-', ...queue(), '-o', out);
    expect([code, err]).toEqual([1, expect.stringMatching(/^error: standard input: line 1: expected the path or URL of a photo, got .*bytes of another file/)]);
  });

  it('puts shards back that the server has lost, and those whose results are gone', async () => {
    await enqueue(photos);
    await worker();
    const [first] = readdirSync(out).filter((name) => name.endsWith('.ndjson'));
    rmSync(join(out, first!));
    expect(JSON.parse((await enqueue(photos)).out)).toMatchObject({ photos: 0, restored: 1 });
    await worker();
    expect(results()).toHaveLength(10);
  });

  it('tries a shard again, lists what failed, and does it once that is mended', async () => {
    await enqueue(photos);
    renameSync(photos, `${photos}-gone`);
    const { code, err } = await worker();
    expect(code).toBe(1);
    expect(err).toMatch(/none of 4 photos could be answered .*no such file/);
    expect(err).toContain(`3 shards have no result: receptive queue failed --queue q${number} says why`);
    const failed = JSON.parse((await act('failed', '--json')).out) as Record<string, unknown>[];
    expect(failed).toHaveLength(3);
    expect(failed[0]).toMatchObject({ tries: 2, reason: expect.stringMatching(/no such file/) as unknown });
    expect((await act('failed')).out).toMatch(/^shard +photos +tries +reason\n/);
    renameSync(`${photos}-gone`, photos);
    expect((await act('retry')).out).toBe('3 shards are in the queue again\n');
    await worker();
    expect(results()).toHaveLength(10);
    expect((await act('failed')).out).toBe('no shard has failed\n');
  });

  it('has a folder of its own, and no other queue has that', async () => {
    await enqueue(photos);
    const other = join(folder, `other-${number}`);
    const others = ['--queue', `other${number}`, '--redis', server.url];
    const ofOther = await cli('enqueue', photos, ...others, '-o', out);
    expect([ofOther.code, ofOther.err]).toEqual([1, expect.stringMatching(new RegExp(`^error: --output: .*: expected a folder of the queue other${number}, got that of the queue q${number}; each queue has a folder of its own`))]);
    expect((await cli('worker', 'lenet5', ...others, '-o', out, '--until-empty')).err).toMatch(/expected a folder of the queue other/);
    const elsewhere = await cli('enqueue', photos, ...queue(), '-o', other);
    expect([elsewhere.code, elsewhere.err]).toEqual([1, expect.stringMatching(/expected the folder whose shards the queue q\d+ has, got another/)]);
    // That folder is the queue's by name, but its shards are not there.
    const { code, err } = await cli('worker', 'lenet5', ...queue(), '-o', other, '--workers', '1', '--until-empty');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: --output: .*other-\d+: expected the folder that the photos of this queue were put into it with, got another; shard [0-9a-f]{32}/m);
    expect(await status()).toMatchObject({ waiting: 3, active: 0, failed: 0, completed: 0 });
    expect((await worker()).code).toBe(0);
    expect(results()).toHaveLength(10);
  });

  it('is begun anew with another folder, or the same one emptied', async () => {
    await enqueue(photos);
    await worker();
    rmSync(out, { recursive: true });
    expect(JSON.parse((await enqueue(photos)).out)).toEqual({ photos: 10, shards: 3, known: 0, restored: 0 });
    expect(await status()).toMatchObject({ waiting: 3, completed: 0 });
    await worker();
    expect(results()).toHaveLength(10);
  });

  it('is told to be empty, or to stand still, to a worker that would wait', async () => {
    await cli('enqueue', photos, ...queue(), '-o', out);
    await worker();
    expect((await cli('worker', 'lenet5', '--queue', `q${number}`, '--redis', `${server.url}/1`, '-o', out, '--until-empty')).err).toMatch(/^note: the queue q\d+ is empty: receptive enqueue/);
    expect((await cli('queue', 'pause', '--queue', 'mistyped', '--redis', server.url)).err).toMatch(/^note: the queue mistyped is empty/);
    await act('pause');
    expect((await worker()).err).toMatch(/^note: the queue q\d+ is paused: receptive queue resume --queue q\d+/);
  });

  it('fails the shard whose list is lost, and no other', async () => {
    await enqueue(photos);
    const [lost] = readdirSync(join(out, 'shards'));
    rmSync(join(out, 'shards', lost!));
    const { code, err } = await worker();
    expect(code).toBe(1);
    expect(err).toContain('1 shards have no result');
    expect(await status()).toMatchObject({ completed: 2, failed: 1 });
  });

  it('fails a shard whose list was changed, for it names other photos', async () => {
    await enqueue(photos);
    const [changed] = readdirSync(join(out, 'shards')).filter((name) => name.endsWith('.list'));
    appendFileSync(join(out, 'shards', changed!), `${join(photos, '0.bmp')}\n`);
    expect((await worker()).code).toBe(1);
    expect((await act('failed')).out).toMatch(/expected the list that was put into the queue, got one that was changed since/);
    expect((await enqueue(photos)).err).toMatch(/got one that was changed since; its name is its digest/);
    expect(await status()).toMatchObject({ completed: 2, failed: 1 });
  });

  it('is asked one question: workers of another model, task or form are turned away', async () => {
    await enqueue(photos);
    await worker('--rate', '1/1');
    rmSync(join(out, readdirSync(out).find((name) => name.endsWith('.ndjson'))!));
    await enqueue(photos);
    const others = [['--top', '2'], ['--task', 'embed'], ['--preprocess', 'imagenet']];
    const said = [];
    for (const other of others) said.push(await worker(...other));
    expect(said.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(said[0]!.err).toMatch(/^error: worker: top: expected 1, as of the results that are there, got 2; ask as before, or put the photos into another queue/m);
    expect(said[1]!.err).toMatch(/task: expected "classify".*got "embed"/);
    expect((await cli('worker', 'examples/assets/squeezenet1_1.safetensors', ...queue(), '-o', out, '--top', '1', '--workers', '1', '--until-empty')).err).toMatch(/model: expected "sha256 [0-9a-f]{32}", as of the results/);
    expect(await status()).toMatchObject({ waiting: 1, failed: 0 });
    expect((await worker()).code).toBe(0);
    expect(results()).toHaveLength(10);
  });

  it('refuses a task that the model is not for at once', async () => {
    await enqueue(photos);
    const { code, err } = await worker('--task', 'detect');
    expect([code, err]).toEqual([1, expect.stringMatching(/^error: detect: expected a model made for detection/m)]);
    expect(await status()).toMatchObject({ waiting: 3, failed: 0 });
  });

  it('is begun as the guide says', async () => {
    const [start = '', ...commands] = blockUnder('examples/guides/service.md', 'A backlog of photos', 'sh', 1).trim().split('\n').map((line) => line.replace(/ +#.*/, ''));
    expect(start).toBe('redis-server --daemonize yes --appendonly yes --maxmemory-policy noeviction');
    expect(commands.map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual(['npx receptive enqueue', 'npx receptive worker', 'npx receptive queue']);
    const at = { photos, results: out };
    const said = [];
    for (const command of commands) {
      const args = command.split(' ').slice(2).map((word) => at[word as keyof typeof at] ?? word);
      said.push(await cli(...args, '--redis', server.url));
    }
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(said[2]!.out).toMatch(/completed +1\n/);
    expect(results()).toHaveLength(10);
  });

  it('has a line for a photo that is broken', async () => {
    writeFileSync(join(photos, 'broken.bmp'), 'BM');
    await enqueue(photos);
    expect((await worker()).code).toBe(0);
    expect(results()).toHaveLength(11);
    expect(results().filter(({ error }) => error !== undefined)).toMatchObject([{ path: join(photos, 'broken.bmp'), error: { code: 'image' } }]);
  });

  it('stands still while it is paused', async () => {
    await enqueue(photos);
    await act('pause');
    const { child, ended } = startCli(...workerArgs());
    await expect.poll(async () => (await status())['workers']).toBe(1);
    expect(await status()).toMatchObject({ paused: true, waiting: 3, active: 0 });
    await act('resume');
    await expect.poll(() => status()).toMatchObject({ paused: false, completed: 3 });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
  });

  it('begins no more shards than the rate says', async () => {
    await enqueue(photos);
    const began = performance.now();
    const { out: told } = await worker('--rate', '1/2');
    expect(performance.now() - began).toBeGreaterThan(4000);
    expect(told.trim().split('\n')).toHaveLength(3);
    for (const rate of ['1', '0/2', '1/0', 'a/b']) expect((await worker('--rate', rate)).code).toBe(2);
  });

  it('gives a shard back at once when a worker is ended', async () => {
    const slow = createServer(() => undefined).listen(0, '127.0.0.1'); // takes the call and says nothing
    await once(slow, 'listening');
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/photo.bmp`;
    const [first, second] = [join(photos, '0.bmp'), join(photos, '1.bmp')];
    await cliWith([first, url, second].join('\n'), 'enqueue', '-', ...queue(), '-o', out);
    const child = spawn(process.execPath, [CLI, ...workerArgs('--grace', '1')], { stdio: 'ignore' });
    const ended = once(child, 'close');
    await expect.poll(async () => (await status())['active']).toBe(1);
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(143);
    await expect.poll(async () => (await status())['active']).toBe(0);
    expect(await status()).toMatchObject({ failed: 0, completed: 0 });
    slow.close();
  });

  it('each picture is in the results once, with a worker that is killed again and again and a server that crashes', async () => {
    const told = await chaos({ pictures: 2000, shardSize: 100, every: 2 });
    expect(told).toMatchObject({
      enqueued: { photos: 2000, shards: 20 }, again: { photos: 0, shards: 0, known: 2000, restored: 0 },
      codes: [0, 0], crashes: 1, once: 2000, missing: 0, twice: 0, unknown: 0, wrong: 0, answers: 20, partsLeft: 0,
    });
    expect(told.kills).toBeGreaterThanOrEqual(2);
  });
});

describe('a queue that cannot be reached', () => {
  const asked = (...args: string[]) => cli('queue', 'status', '--queue', 'q', ...args);

  it('is an error that says what to do, without what is secret', async () => {
    const { code, err } = await asked('--redis', 'redis://me:secret@127.0.0.1:1');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: --redis: redis:\/\/127\.0\.0\.1:1: the server does not answer \(connect ECONNREFUSED 127\.0\.0\.1:1\); start it/);
    expect(err).not.toMatch(/secret/);
  });

  it('is given up where its server says nothing', async () => {
    const deaf = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    expect((await asked('--redis', `redis://127.0.0.1:${(deaf.address() as AddressInfo).port}`)).err).toMatch(/does not answer \(nothing for 5 s\)/);
    deaf.close();
  });

  it.each([['--redis', 'here'], ['--redis', 'http://127.0.0.1'], ['--queue', 'a:b']])('%s %s is refused', async (option, value) => {
    const { code, err } = await asked(option, value);
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^error: ${option}: expected `));
  });

  it('needs two packages, and says which', () => {
    const lone = loneCli();
    const child = spawn(process.execPath, [lone.path, 'queue', 'status', '--queue', 'q'], { cwd: lone.work, stdio: ['ignore', 'ignore', 'pipe'] });
    return new Promise<void>((resolve, reject) => {
      let err = '';
      child.stderr.on('data', (data: Buffer) => void (err += data.toString()));
      child.once('close', (code) => {
        rmSync(lone.folder, { recursive: true });
        if (code === 1 && /bullmq and ioredis.*npm install bullmq ioredis/.test(err)) resolve();
        else reject(new Error(`${code}: ${err}`));
      });
    });
  });
});
