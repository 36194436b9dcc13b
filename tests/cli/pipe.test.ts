/** The command that answers photos which are named on its standard input. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load } from 'receptive/inline';
import { photoPath } from '../image/expected.js';
import { cliWith } from '../support/cli-input.js';
import { cli, CLI } from '../support/run-cli.js';

const [dog, coffee] = [photoPath('dog.jpg'), photoPath('coffee.png')];
const MODEL = 'examples/assets/squeezenet1_1.safetensors';
const FAST = ['--variant', 'simd', '--workers', '2'];
const json = (text: string): readonly Record<string, unknown>[] => text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

describe('pipe', () => {
  it('answers paths, objects with a path and images, in their order, as the library does', async () => {
    const image = readFileSync(coffee).toString('base64');
    const input = [dog, '', JSON.stringify({ id: 'a', path: coffee }), JSON.stringify({ id: 3, image }), JSON.stringify({ image })].join('\n');
    const { code, out, err } = await cliWith(input, 'pipe', MODEL, '--top', '2', ...FAST);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    using model = await load(MODEL, { variant: 'simd' });
    const [first, second] = [await model.classify(dog, { topK: 2 }), await model.classify(coffee, { topK: 2 })];
    expect(json(out)).toEqual([
      { path: dog, top: first.top }, { id: 'a', path: coffee, top: second.top }, { id: 3, top: second.top }, { line: 5, top: second.top },
    ]);
  });

  it('embeds and detects', async () => {
    const embedded = await cliWith(dog, 'pipe', MODEL, '--task', 'embed', ...FAST);
    using model = await load(MODEL, { variant: 'simd' });
    expect(json(embedded.out)).toEqual([{ path: dog, vector: [...(await model.embed(dog))] }]);
    const detected = await cliWith(dog, 'pipe', 'nanodet', '--task', 'detect', ...FAST);
    expect(json(detected.out)).toEqual([{ path: dog, boxes: expect.arrayContaining([expect.objectContaining({ label: 'dog' })]) as unknown }]);
  });

  it('takes names of classes from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'receptive-pipe-'));
    const names = join(folder, 'names.txt');
    writeFileSync(names, Array.from({ length: 1000 }, (_, i) => `name ${i}`).join('\n'));
    const { out } = await cliWith(dog, 'pipe', MODEL, '--labels', names, '--top', '1', ...FAST);
    expect(json(out)).toMatchObject([{ top: [{ index: 537, label: 'name 537' }] }]);
    rmSync(folder, { recursive: true });
  });

  it('has a line for what fails, with why, and the exit code tells', async () => {
    const lines = ['none.jpg', '{"id":1,"path":"none.jpg"}', '{no', '{"id":[1],"path":"a"}', '{"id":2}', '{"id":3,"path":"a","image":"aaaa"}', '{"id":4,"path":""}', '{"id":5,"image":"a?"}', '{"id":6,"image":7}', dog];
    const { code, out, err } = await cliWith(lines.join('\n'), 'pipe', MODEL, ...FAST);
    const answers = json(out);
    expect(answers.map(({ id, line, path }) => id ?? line ?? path)).toEqual(['none.jpg', 1, 3, 4, 2, 3, 4, 5, 6, dog]);
    expect(answers.slice(0, 9).map(({ error }) => (error as { code: string }).code)).toEqual(['image', 'image', ...Array.from({ length: 7 }, () => 'argument')]);
    expect(answers[9]?.top).toHaveLength(5);
    expect({ code, err }).toEqual({ code: 1, err: '9 of 10 photos have no answer: the field "error" of their lines says why\n' });
  });

  it('shares a list: each line is answered in one part', async () => {
    const input = Array.from({ length: 7 }, (_, id) => JSON.stringify({ id, path: coffee })).join('\n');
    const parts = await Promise.all(['1/3', '2/3', '3/3'].map((part) => cliWith(input, 'pipe', MODEL, '--shard', part, ...FAST)));
    expect(parts.map(({ out }) => json(out).map(({ id }) => id))).toEqual([[0, 3, 6], [1, 4], [2, 5]]);
    for (const part of ['0/3', '4/3', '1', 'a/b']) expect((await cli('pipe', MODEL, '--shard', part)).code).toBe(2);
  });

  it('waits for an address that never answers as long as it is told', async () => {
    const deaf = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const url = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}/photo.jpg`;
    const { code, out } = await cliWith(`${url}\n${dog}`, 'pipe', MODEL, '--timeout', '3', ...FAST);
    expect(json(out)).toMatchObject([{ path: url, error: { code: 'aborted' } }, { path: dog, top: expect.any(Array) as unknown }]);
    expect(code).toBe(1);
    deaf.close();
  });

  it('ends with nothing where nothing comes', async () => {
    expect(await cliWith('', 'pipe', MODEL, ...FAST)).toEqual({ code: 0, out: '', err: '' });
  });

  it('answers while its input stays open, and ends with a signal once what was read is answered', async () => {
    const child = spawn(process.execPath, [CLI, 'pipe', MODEL, ...FAST], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.write(`${dog}\n`);
    const [line] = await Promise.all([new Promise<Buffer>((resolve) => child.stdout.once('data', resolve))]);
    expect(json(line.toString())[0]?.path).toBe(dog);
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });

  it('ends as programs do whose reader has enough', async () => {
    const child = spawn(process.execPath, [CLI, 'pipe', MODEL, ...FAST], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.on('error', () => undefined);
    child.stdout.destroy();
    child.stdin.write(`${dog}\n`.repeat(50));
    expect(await ended).toBe(141);
  });

  it('reads no more than it can answer where nobody takes the answers', async () => {
    const child = spawn(process.execPath, [CLI, 'pipe', MODEL, '--task', 'embed', ...FAST], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.on('error', () => undefined);
    child.stdout.pause();
    const line = `${JSON.stringify({ path: 'none.jpg', id: 'x'.repeat(60_000) })}\n`;
    let taken = 0;
    const more = (): void => void child.stdin.write(line, (error) => error ?? (++taken < 2000 && more()));
    more();
    await expect.poll(async () => {
      const before = taken;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return taken > 5 && taken === before;
    }).toBe(true);
    expect(taken).toBeLessThan(200);
    child.kill('SIGKILL');
  });
});
