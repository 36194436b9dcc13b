/** `receptive train`: from files of digits and photos to a model that `classify` takes. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { squeezenet1_1 } from 'receptive/assets';
import { afterAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../../ts/formats/safetensors.js';
import type { SafetensorsFile } from '../../ts/formats/safetensors.js';
import { describeModel } from '../../ts/model/model-file.js';
import { seededRandom } from '../../ts/train/data/random.js';
import { patterns, writeIdx, writePattern, writePhotos } from '../support/patterns.js';
import { CLI, cli, cliIn, startCli } from '../support/run-cli.js';

const top = mkdtempSync(join(tmpdir(), 'receptive-train-'));
afterAll(() => rmSync(top, { recursive: true }));
const file = (name: string): string => join(top, name);
const DIGITS = writeIdx(file('digits'), patterns(120), patterns(40, 10, 2));
const LENET = ['train', 'lenet5', '--data', DIGITS, '--batch', '24'];

interface Judged {
  readonly loss: number;
  readonly accuracy: number;
  readonly examples: number;
  readonly confusion?: number[][];
}

interface Line {
  readonly kind: 'epoch' | 'result';
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly steps: number;
  readonly classes: string[];
  readonly stopped?: string;
  readonly validation?: Judged;
}

const linesOf = (out: string): Line[] => out.trim().split('\n').map((line) => JSON.parse(line) as Line);

/** Trains and gives the lines of JSON. */
async function train(...args: string[]): Promise<Line[]> {
  const { code, out, err } = await cli(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return linesOf(out);
}

const open = (name: string): SafetensorsFile => readSafetensors(readFileSync(name), name);

/** The bytes of every tensor, the optimiser's state among them. */
const bitsOf = (name: string): [string, string][] => [...open(name).tensors.values()].map((stored) => [stored.name, Buffer.from(stored.bytes).toString('base64')] as [string, string]).sort();

async function refused(args: readonly string[], code = 1): Promise<string> {
  const answer = await cli(...args);
  expect({ code: answer.code, out: answer.out }).toEqual({ code, out: '' });
  expect(answer.err).not.toMatch(/\n\s+at /);
  return answer.err;
}

describe('the whole line', () => {
  const model = file('whole.safetensors');

  it('learns, says how well after each epoch, and writes a file that classify takes', async () => {
    const lines = await train(...LENET, '--epochs', '12', '-o', model);
    expect(lines.map(({ kind, epoch }) => [kind, epoch])).toEqual([...Array.from({ length: 12 }, (_, i) => ['epoch', i + 1]), ['result', undefined]]);
    const { validation, steps, classes } = lines.at(-1)!;
    expect({ steps, classes, examples: validation?.examples }).toEqual({ steps: 12 * 5, classes: [...'0123456789'], examples: 40 });
    expect(validation?.accuracy).toBeGreaterThan(0.9);
    expect(validation?.confusion?.map((row) => row.reduce((sum, value) => sum + value, 0))).toEqual(Array(10).fill(4));
    expect(lines[11]?.validation).toEqual({ loss: validation?.loss, accuracy: validation?.accuracy, examples: 40 });
    const picture = await writePattern(file('seven.png'), patterns(10, 10, 3), 7);
    const { out } = await cli('classify', picture, '--model', model, '--json');
    expect((JSON.parse(out) as { photos: { top: { label: string }[] }[] }).photos[0]?.top[0]?.label).toBe('7');
  });

  it('prints a table of what was taken for what, and writes nothing to stderr that is no terminal', async () => {
    const { code, out, err } = await cli('train', '--resume', model, '--data', DIGITS);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^lenet5: 61,706 parameters; 120 examples of 10 classes, 40 more to judge by/);
    expect(out).toMatch(/^is \\ said +0 +1 .* right$/m);
    expect(out).toMatch(/^9 +(\d+ +){10}\d+\.\d %$/m);
    expect(out).toMatch(/^\d+\.\d % of 40 examples right$/m);
  });

  it('leaves out what only training needs when the file is converted', async () => {
    const small = file('small.safetensors');
    expect((await cli('convert', model, '-o', small)).code).toBe(0);
    const names = open(small).tensors;
    expect([...names.keys()].sort()).toEqual(describeModel(open(model), model).graph.params.map(({ name }) => name).sort());
    for (const [name, stored] of names) expect(Buffer.from(stored.bytes).equals(Buffer.from(open(model).get(name).bytes))).toBe(true);
  });

  it('reads a table, and names classes as the table does', async () => {
    const { pixels, labels } = patterns(30, 3);
    const rows = Array.from(labels, (label, i) => [['ant', 'bee', 'cat'][label], ...pixels.subarray(i * 784, (i + 1) * 784)].join(','));
    writeFileSync(file('table.csv'), `${rows.join('\n')}\n`);
    const lines = await train('train', 'lenet5', '--data', file('table.csv'), '--epochs', '1', '--validation', '6', '-o', file('table.safetensors'));
    expect(lines.at(-1)).toMatchObject({ classes: ['ant', 'bee', 'cat'], validation: { examples: 6 } });
    expect(describeModel(open(file('table.safetensors')), '')).toMatchObject({ labels: ['ant', 'bee', 'cat'], task: 'classification', preprocess: { size: [28, 28] } });
  });

  it('judges by nothing with --validation 0, and changes digits with --augment', async () => {
    const plain = await train(...LENET, '--epochs', '1', '--validation', '0', '-o', file('plain.safetensors'));
    const changed = await train(...LENET, '--epochs', '1', '--validation', '0', '--augment', '-o', file('changed.safetensors'));
    expect([plain, changed].map((lines) => [lines.length, lines.at(-1)?.validation])).toEqual([[2, undefined], [2, undefined]]);
    expect(bitsOf(file('changed.safetensors'))).not.toEqual(bitsOf(file('plain.safetensors')));
  });
});

describe('transfer', () => {
  const COLOURS = { blue: [20, 40, 230], red: [230, 40, 20] } as const;
  const changed = (name: string): string[] => {
    const [before, after] = [readSafetensors(readFileSync(new URL(squeezenet1_1))), open(name)];
    const widened = (stored: { readonly bytes: Uint8Array }): string => Buffer.from(stored.bytes).toString('base64');
    return before.names ? [...after.tensors.keys()].filter((key) => !key.startsWith('optimizer ') && before.tensors.has(key) && before.get(key).dtype === 'F32' && widened(before.get(key)) !== widened(after.get(key))) : [];
  };

  it('makes the last layer anew for a folder of photos, and leaves the others as they are', async () => {
    const photos = await writePhotos(file('photos'), COLOURS, 6);
    const model = file('colours.safetensors');
    const lines = await train('train', '--model', 'squeezenet1_1', '--data', photos, '--size', '40', '--epochs', '6', '--lr', '0.01', '--validation', '4', '-o', model);
    expect(lines.at(-1)).toMatchObject({ classes: ['blue', 'red'], validation: { accuracy: 1, examples: 4 } });
    expect([...open(model).tensors.keys()].filter((name) => name.startsWith('optimizer '))).toEqual(['optimizer classifier.1.bias', 'optimizer classifier.1.weight']);
    expect(changed(model).filter((name) => !name.startsWith('classifier.1.'))).toEqual([]);
    const { out } = await cli('classify', join(photos, 'red', '0.png'), '--model', model, '--top', '1', '--json');
    expect((JSON.parse(out) as { photos: { top: { label: string }[] }[] }).photos[0]?.top[0]?.label).toBe('red');
  });

  it('goes on with all layers of a file of its own with --all, and keeps a last layer that knows the classes', async () => {
    const first = file('first.safetensors');
    await train(...LENET, '--epochs', '1', '-o', first);
    const common = ['train', '--model', first, '--data', DIGITS, '--batch', '24', '--epochs', '1'];
    await train(...common, '-o', file('head.safetensors'));
    await train(...common, '--all', '-o', file('all.safetensors'));
    const same = (name: string): string[] => [...open(first).tensors.values()].filter((stored) => !stored.name.startsWith('optimizer ') && Buffer.from(stored.bytes).equals(Buffer.from(open(name).get(stored.name).bytes))).map((stored) => stored.name).sort();
    expect(same(file('head.safetensors'))).toEqual(['conv1.bias', 'conv1.weight', 'conv2.bias', 'conv2.weight', 'fc1.bias', 'fc1.weight', 'fc2.bias', 'fc2.weight']);
    expect(same(file('all.safetensors'))).toEqual([]);
  });

  it('judges by the folder val, where there are train and val', async () => {
    const folder = file('parts');
    await writePhotos(join(folder, 'train'), COLOURS, 3, 28);
    await writePhotos(join(folder, 'val'), COLOURS, 2, 28);
    const lines = await train('train', 'lenet5', '--data', folder, '--epochs', '1', '-o', file('parts.safetensors'));
    expect(lines.at(-1)).toMatchObject({ classes: ['blue', 'red'], validation: { examples: 4 } });
  });
});

describe('going on', () => {
  const AUGMENTED = [...LENET, '--augment', '{"shift":2,"rotate":10}', '--seed', '5', '--schedule', 'cosine'];

  it('gives the bits of a training that never stopped', async () => {
    const [whole, parts] = [file('four.safetensors'), file('parts4.safetensors')];
    await train(...AUGMENTED, '--schedule', 'constant', '--epochs', '4', '-o', whole);
    await train(...AUGMENTED, '--schedule', 'constant', '--epochs', '1', '-o', parts);
    const lines = await train('train', '--resume', parts, '--data', DIGITS, '--epochs', '4');
    expect(lines.map(({ kind, epoch, epochs }) => [kind, epoch, epochs])).toEqual([['epoch', 2, 4], ['epoch', 3, 4], ['epoch', 4, 4], ['result', undefined, 4]]);
    expect(bitsOf(parts)).toEqual(bitsOf(whole));
  });

  it('Ctrl-C saves where it is, ends with 130, and what goes on has the bits of what never stopped', async () => {
    const [whole, stopped] = [file('whole-run.safetensors'), file('stopped.safetensors')];
    const { child, firstLine, ended } = startCli(...AUGMENTED, '--epochs', '100000', '--json', '-o', stopped);
    await firstLine;
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect({ code, err: err.replaceAll(/[\d,]+ updates/g, 'N updates') }).toEqual({ code: 130, err: `stopped after N updates; --resume ${stopped} goes on\n` });
    const { steps, stopped: signal } = linesOf(out).at(-1)!;
    expect(signal).toBe('SIGINT');
    // The schedule is that of all epochs, so both have to be told the same number.
    const epochs = String(Math.floor(steps / 5) + 1);
    const again = file('again.safetensors');
    copyFileSync(stopped, again);
    expect((await train('train', '--resume', again, '--data', DIGITS, '--epochs', epochs)).at(-1)?.steps).toBe(5 * Number(epochs));
    void whole;
  });

  it('after kill -9 at any moment the file is absent or whole, and training goes on from it', async () => {
    const model = file('killed.safetensors');
    const moments = seededRandom(11).uniforms(0, 0, 10);
    let whole = 0;
    for (const [i, moment] of moments.entries()) {
      const how = existsSync(model) ? ['train', '--resume', model, '--data', DIGITS] : [...LENET, '--epochs', '100000', '-o', model];
      const { child, firstLine, ended } = startCli(...how, '--save-every', '1');
      // Some die while they begin, the others while they learn and write.
      if (i % 5 > 0) await firstLine;
      await new Promise((resolve) => setTimeout(resolve, 150 * moment));
      child.kill('SIGKILL');
      expect((await ended).code).toBe(-1);
      if (!existsSync(model)) continue;
      whole++;
      expect(describeModel(open(model), model).graph.nodes.length).toBeGreaterThan(0);
    }
    if (whole === 0) return;
    const { steps } = JSON.parse(open(model).metadata.get('receptive.training')!) as { steps: number };
    void steps;
  });
});
