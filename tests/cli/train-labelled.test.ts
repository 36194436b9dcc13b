/** `receptive train --task detect` and `segment`: from labelled photos to models that `detect` and `segment` take. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../../ts/formats/safetensors.js';
import { cli, startCli } from '../support/run-cli.js';

const top = mkdtempSync(join(tmpdir(), 'receptive-labelled-'));
afterAll(() => rmSync(top, { recursive: true }));
const file = (...names: string[]): string => join(top, ...names);

const SIDE = 64;
const NAMES = ['bright', 'dark'];

interface Square {
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly index: number;
}

/** A bright square in the left half of a grey picture, a dark one in the right. */
function squares(seed: number): readonly Square[] {
  let state = seed;
  const random = (least: number, most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(least + (state / 2 ** 32) * (most - least + 1));
  };
  return [0, 1].map((index) => {
    const side = random(10, 22);
    return { left: random(0, 31 - side) + 32 * index, top: random(0, SIDE - side), side, index };
  });
}

/** Values of what is on the picture, and around it. */
function drawn(of: readonly Square[], values: readonly number[], ground: number): Uint8Array {
  const data = new Uint8Array(SIDE * SIDE).fill(ground);
  for (const { left, top: upper, side, index } of of) {
    for (let y = upper; y < upper + side; y++) data.fill(values[index]!, y * SIDE + left, y * SIDE + left + side);
  }
  return data;
}

const png = (data: Uint8Array, name: string): Promise<unknown> => sharp(data, { raw: { width: SIDE, height: SIDE, channels: 1 } }).toColourspace('b-w').png().toFile(name);

/** The same pictures with labels of every form: `coco.json`, YOLO's texts with data.yaml, and masks. */
async function writeAll(folder: string, count: number, first: number): Promise<string> {
  for (const name of ['images', 'labels', 'masks']) mkdirSync(join(folder, name), { recursive: true });
  const scenes = Array.from({ length: count }, (_, i) => ({ name: `${i}`, squares: squares(first + i) }));
  for (const { name, squares: of } of scenes) {
    await png(drawn(of, [255, 0], 128), join(folder, 'images', `${name}.png`));
    await png(drawn(of, [1, 2], 0), join(folder, 'masks', `${name}.png`));
    const lines = of.map(({ left, top: upper, side, index }) => [index, ...[left + side / 2, upper + side / 2, side, side].map((pixels) => pixels / SIDE)].join(' '));
    writeFileSync(join(folder, 'labels', `${name}.txt`), `${lines.join('\n')}\n`);
  }
  const annotations = scenes.flatMap(({ squares: of }, image) =>
    of.map(({ left, top: upper, side, index }, i) => ({ id: 2 * image + i + 1, image_id: image, category_id: index + 1, bbox: [left, upper, side, side], area: side * side, iscrowd: 0 })));
  const coco = { images: scenes.map(({ name }, id) => ({ id, file_name: `${name}.png`, width: SIDE, height: SIDE })), categories: NAMES.map((name, i) => ({ id: i + 1, name })), annotations };
  writeFileSync(join(folder, 'coco.json'), JSON.stringify(coco));
  writeFileSync(join(folder, 'classes.txt'), `background\n${NAMES.join('\n')}\n`);
  return folder;
}

const TRAIN = file('train');
const TEST = file('test');
beforeAll(async () => {
  await writeAll(TRAIN, 24, 100);
  await writeAll(TEST, 6, 900);
  writeFileSync(file('data.yaml'), `train: train/images\nval: test/images\nnames: [${NAMES.join(', ')}]\n`);
});

interface Line {
  readonly kind: 'epoch' | 'result';
  readonly loss: number;
  readonly steps: number;
  readonly network: string;
  readonly classes: readonly string[];
  readonly validation?: Readonly<Record<string, number>>;
}

/** Trains and gives the lines of JSON. */
async function train(task: string, data: string, out: string, ...args: string[]): Promise<readonly Line[]> {
  const { code, out: told, err } = await cli('train', '--task', task, '--data', data, '-o', file(out), '--batch', '6', '--json', ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return told.trim().split('\n').map((line) => JSON.parse(line) as Line);
}

const bitsOf = (name: string): [string, string][] => [...readSafetensors(readFileSync(file(name)), name).tensors.values()].map((stored) => [stored.name, Buffer.from(stored.bytes).toString('base64')] as [string, string]).sort();

describe('boxes', () => {
  it('are learned from a COCO file, judged after each epoch, and found by the file that is written', async () => {
    const lines = await train('detect', join(TRAIN, 'coco.json'), 'coco.safetensors', '--images', join(TRAIN, 'images'), '--epochs', '20', '--lr', '0.008', '--validation', '4');
    const [epochs, result] = [lines.slice(0, -1), lines.at(-1)!];
    expect(epochs).toHaveLength(20);
    expect(epochs.at(-1)!.loss).toBeLessThan(0.3 * epochs[0]!.loss);
    expect(result).toMatchObject({ kind: 'result', network: 'tinyYolo', classes: NAMES, steps: 20 * 4 });
    expect(result.validation!['mAP50']).toBeGreaterThan(0.7);
    const { code, out } = await cli('detect', join(TEST, 'images', '0.png'), '--model', file('coco.safetensors'), '--json', '--score', '0.3');
    expect(code).toBe(0);
    const { boxes } = JSON.parse(out) as { readonly boxes: readonly { readonly label: string; readonly left: number }[] };
    const best = NAMES.map((name) => boxes.find(({ label }) => label === name));
    squares(900).forEach(({ left }, i) => expect(Math.abs(best[i]!.left - left)).toBeLessThan(6));
  });

  it('are read from YOLO’s texts with their own part to judge by, and from a folder', async () => {
    const yaml = await train('detect', file('data.yaml'), 'yaml.safetensors', '--epochs', '1');
    expect(yaml.at(-1)).toMatchObject({ classes: NAMES, steps: 4 });
    expect(Object.keys(yaml.at(-1)!.validation!)).toEqual(['mAP50', 'mAP']);
    writeFileSync(file('names.txt'), NAMES.join('\n'));
    const folder = await train('detect', TRAIN, 'folder.safetensors', '--epochs', '1', '--labels', file('names.txt'), '--validation', '0');
    expect(folder.at(-1)).not.toHaveProperty('validation');
  });

  it('go on as if they had never stopped', async () => {
    const how = ['--images', join(TRAIN, 'images'), '--schedule', 'constant'];
    const coco = join(TRAIN, 'coco.json');
    await train('detect', coco, 'whole.safetensors', ...how, '--epochs', '3');
    await train('detect', coco, 'part.safetensors', ...how, '--epochs', '1');
    await train('detect', coco, 'part.safetensors', '--images', join(TRAIN, 'images'), '--resume', file('part.safetensors'), '--epochs', '3');
    expect(bitsOf('part.safetensors')).toEqual(bitsOf('whole.safetensors'));
  });

  it('Ctrl-C saves where it is, ends with 130, and what goes on has the bits of what never stopped', async () => {
    const how = ['--images', join(TRAIN, 'images')];
    const coco = join(TRAIN, 'coco.json');
    const stopped = file('stopped.safetensors');
    const { child, firstLine, ended } = startCli('train', '--task', 'detect', '--data', coco, ...how, '--batch', '6', '--schedule', 'constant', '--validation', '0', '--epochs', '100000', '--json', '-o', stopped);
    await firstLine;
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect({ code, err: err.replace(/[\d,]+ updates/, 'N updates') }).toEqual({ code: 130, err: `stopped after N updates; --resume ${stopped} goes on\n` });
    const result = JSON.parse(out.trim().split('\n').at(-1)!) as Line & { readonly stopped: string };
    expect(result).toMatchObject({ kind: 'result', stopped: 'SIGINT' });
    const epochs = String(Math.floor(result.steps / 4) + 1);
    await train('detect', coco, 'stopped.safetensors', ...how, '--resume', stopped, '--epochs', epochs);
    await train('detect', coco, 'never-stopped.safetensors', ...how, '--schedule', 'constant', '--validation', '0', '--epochs', epochs);
    expect(bitsOf('stopped.safetensors')).toEqual(bitsOf('never-stopped.safetensors'));
  });
});

describe('masks', () => {
  it('are learned, and answered by the file that is written', async () => {
    const lines = await train('segment', TRAIN, 'masks.safetensors', '--epochs', '20', '--lr', '0.01', '--size', '32');
    const result = lines.at(-1)!;
    expect(result).toMatchObject({ network: 'unet', classes: ['background', ...NAMES] });
    expect(result.validation!['meanIou']).toBeGreaterThan(0.6);
    const { code, out } = await cli('evaluate', '--task', 'segment', '--data', TEST, '--model', file('masks.safetensors'), '--json');
    expect(code).toBe(0);
    expect((JSON.parse(out) as { readonly meanIou: number }).meanIou).toBeGreaterThan(0.6);
  });
});

describe('what cannot be learned', () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, err } = await cli('train', '-o', file('none.safetensors'), ...args);
    expect(code).toBe(1);
    return err;
  };

  it.each<[string, string[]]>([
    ['--data: expected a folder or a file, got no such file', ['--task', 'detect', '--data', file('absent')]],
    ['--model: expected nothing with --task detect or segment, got x', ['--task', 'detect', '--data', TRAIN, '--model', 'x']],
    ['expected a network that learns to detect: tinyYolo, got resnet18', ['resnet18', '--task', 'detect', '--data', TRAIN]],
    ['--size: expected a multiple of 16, of a square, got 64x32', ['--task', 'detect', '--data', file('data.yaml'), '--size', '64x32']],
    ['--size: expected multiples of 16, got 60x60', ['--task', 'segment', '--data', TRAIN, '--size', '60']],
    ['--all: expected nothing with --task detect or segment', ['--task', 'detect', '--data', TRAIN, '--all']],
    ['--augment: expected nothing with --task detect or segment', ['--task', 'segment', '--data', TRAIN, '--augment', '{"rotate":10}']],
    ['--validation: expected less than the 24 photos that there are, got 24', ['--task', 'segment', '--data', TRAIN, '--validation', '24']],
    ['no folder', ['--task', 'segment', '--data', join(TRAIN, 'images')]],
  ])('%s', async (message, args) => {
    expect(await refused(...args)).toContain(message);
  });

  it('a box beyond its photo, a class beyond the names, a mask of another size, a photo that is not there', async () => {
    const bad = await writeAll(file('bad'), 2, 5);
    const coco = JSON.parse(readFileSync(join(bad, 'coco.json'), 'utf8')) as { annotations: { bbox: number[] }[] };
    coco.annotations[1]!.bbox = [50, 50, 40, 10];
    writeFileSync(join(bad, 'beyond.json'), JSON.stringify(coco));
    expect(await refused('--task', 'detect', '--data', join(bad, 'beyond.json'))).toContain('expected a box on the photo of 64 x 64');
    writeFileSync(join(bad, 'labels', '1.txt'), '7 0.5 0.5 0.1 0.1\n');
    writeFileSync(file('names.txt'), NAMES.join('\n'));
    expect(await refused('--task', 'detect', '--data', bad, '--labels', file('names.txt'), '--validation', '0')).toMatch(/1\.txt|1\.png/);
    await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } }).toColourspace('b-w').png().toFile(join(bad, 'masks', '1.png'));
    expect(await refused('--task', 'segment', '--data', bad, '--validation', '0')).toContain('1.png: mask: expected 64 x 64, as the photo, got 8 x 8');
    rmSync(join(bad, 'images', '1.png'));
    expect(await refused('--task', 'detect', '--data', join(bad, 'coco.json'), '--validation', '0')).toContain('1.png');
  });

  it('a file that was trained for another task', async () => {
    await train('segment', TRAIN, 'other.safetensors', '--epochs', '1', '--size', '16');
    expect(await refused('--task', 'detect', '--data', file('data.yaml'), '--resume', file('other.safetensors'))).toContain('a file that was trained with --task detect');
  });
});
