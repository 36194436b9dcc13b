import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { epoch } from '../../../ts/train/data/batches.js';
import { fromFiles } from '../../../ts/train/data/files.js';
import { fromFolder } from '../../../ts/train/data/folder.node.js';
import { fromFolder as onPage } from '../../../ts/train/data/folder.web.js';
import { seededRandom } from '../../../ts/train/data/random.js';
import { all, caught } from './support.js';

type Colour = readonly [number, number, number];

const png = (width: number, height: number, [r, g, b]: Colour): Promise<Buffer> => sharp({ create: { width, height, channels: 3, background: { r, g, b } } }).png().toBuffer();

/** Files by path: three cats and two dogs, of one colour each, and what is no photo. */
const COLOURS = { 'cat/1.png': [10, 20, 30], 'cat/2.PNG': [40, 50, 60], 'cat/more/3.png': [70, 80, 90], 'dog/a.png': [255, 0, 0], 'dog/b.png': [0, 0, 255] } as const;

let root: string;

async function folder(name: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name, file)), { recursive: true });
    await writeFile(join(root, name, file), content);
  }
  return join(root, name);
}

async function pets(name: string, size: (i: number) => readonly [number, number] = () => [6, 4]): Promise<string> {
  const photos = await Promise.all(Object.entries(COLOURS).map(async ([file, colour], i) => [file, await png(...size(i), colour)] as const));
  return folder(name, { ...Object.fromEntries(photos), 'cat/.hidden.png': 'x', 'cat/.git/4.png': 'x', 'cat/Thumbs.db': 'x', 'readme.txt': 'x', '.git/config': 'x' });
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'receptive-photos-'));
});
afterAll(() => rm(root, { recursive: true }));

/** [n][channel]: the first pixel of each. */
async function firsts(data: Awaited<ReturnType<typeof fromFolder>>, indices: number[]): Promise<number[][]> {
  const { x } = await data.get(indices);
  const [, channels, height, width] = x.shape as [number, number, number, number];
  return indices.map((_, i) => Array.from({ length: channels }, (__, c) => Math.round(255 * x.data[(i * channels + c) * height * width]!)));
}

test('folders are classes, photos are in order of their names', async () => {
  const path = await pets('plain');
  for (const form of [path, pathToFileURL(path), pathToFileURL(path).href]) {
    const data = await fromFolder(form);
    expect(data).toMatchObject({ length: 5, classes: ['cat', 'dog'], labels: Int32Array.of(0, 0, 0, 1, 1) });
    expect(await firsts(data, [0, 1, 2, 3, 4])).toEqual(Object.values(COLOURS));
    const batch = await data.get([4, 0]);
    expect(batch.x.shape).toEqual([2, 3, 4, 6]);
    expect(batch.y).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(1, 0) });
  }
});

test('sizes, normalisation and channels', async () => {
  const path = await pets('sizes', (i) => [6 + 2 * i, 9 - i]);
  const stretched = await fromFolder(path, { preprocess: { size: [5, 7], mean: [0, 0, 1], std: [1, 0.5, 1] } });
  const { x } = await stretched.get([3]);
  expect(x.shape).toEqual([1, 3, 5, 7]);
  expect([x.data[0], x.data[35], x.data[70]]).toEqual([1, 0, -1]);
  expect(stretched.zero).toEqual([0, 0, -1]);
  expect((await (await fromFolder(path, { preprocess: 'imagenet' })).get([0])).x.shape).toEqual([1, 3, 224, 224]);
  const bgr = await fromFolder(path, { preprocess: { size: 4, order: 'bgr' } });
  expect(await firsts(bgr, [0])).toEqual([[30, 20, 10]]);
  const grey = await fromFolder(path, { preprocess: { size: 4, order: 'bgr' }, channels: 1 });
  expect(await firsts(grey, [3, 4])).toEqual([[76], [29]]);
  expect((await grey.get([0])).x.shape).toEqual([1, 1, 4, 4]);
});

test('photos are decoded once, or each time', async () => {
  for (const cache of [true, false]) {
    const path = await pets(`cache-${cache}`);
    const data = await fromFolder(path, { cache });
    expect(await firsts(data, [0, 3])).toEqual([COLOURS['cat/1.png'], COLOURS['dog/a.png']]);
    await writeFile(join(path, 'dog/a.png'), await png(6, 4, [1, 2, 3]));
    expect(await firsts(data, [3])).toEqual([cache ? COLOURS['dog/a.png'] : [1, 2, 3]]);
  }
});

test('an epoch of photos', async () => {
  const data = await fromFolder(await pets('epoch'));
  const batches = await all(epoch(data, { batchSize: 2, random: seededRandom(1) }));
  expect(batches.map(({ x }) => x.shape[0])).toEqual([2, 2, 1]);
  expect(batches.flatMap(({ y }) => [...y.data]).sort()).toEqual([0, 0, 0, 1, 1]);
});

test('the classes of a model, in its order', async () => {
  const path = await pets('order');
  expect(await fromFolder(path, { classes: ['dog', 'cat'] })).toMatchObject({ classes: ['dog', 'cat'], labels: Int32Array.of(1, 1, 1, 0, 0) });
  expect(await caught(() => fromFolder(path, { classes: ['dog', 'cow'] }))).toMatchObject({ code: 'argument', got: 'cat' });
  expect(await caught(() => fromFolder(path, { classes: ['dog', 'cat', 'cow'] }))).toMatchObject({ code: 'argument', got: 'none of class 2 (cow)' });
});

test('a photo that cannot be read is named, and the others can still be', async () => {
  const whole = await png(60, 40, [9, 9, 9]);
  const path = await folder('bad', {
    'cat/1.png': await png(6, 4, [1, 2, 3]), 'cat/2.png': 'no image', 'cat/3.png': '', 'cat/4.png': whole.subarray(0, whole.length - 20), 'dog/5.png': await png(4, 4, [1, 2, 3]),
    'dog/6.png/inner.txt': 'a folder',
  });
  const data = await fromFolder(path);
  expect(await caught(() => data.get([0, 1]))).toMatchObject({ code: 'image', place: 'cat/2.png', message: 'cat/2.png: expected an image, got 8 bytes of another kind; give a PNG, JPEG, WebP, GIF, BMP or AVIF file' });
  expect(await caught(() => data.get([2]))).toMatchObject({ code: 'image', message: 'cat/3.png: expected an image, got 0 bytes' });
  expect(await caught(() => data.get([3]))).toMatchObject({ code: 'image', place: 'cat/4.png' });
  expect(await caught(() => data.get([4]))).toMatchObject({ code: 'shape', message: 'dog/5.png: expected [3, 4, 6] as the first photo, got [3, 4, 4]; give the option preprocess a size' });
  expect(await caught(() => data.get([5]))).toMatchObject({ code: 'image', message: 'dog/6.png: the image cannot be read (a folder)' });
  expect(await caught(() => data.get([6]))).toMatchObject({ code: 'argument', got: '6' });
  expect(await firsts(data, [0])).toEqual([[1, 2, 3]]);
  const first = join(path, 'cat/1.png');
  await rm(first);
  const again = await fromFolder(path);
  expect(again.length).toBe(5);
  expect(await caught(() => again.get([3]))).toMatchObject({ code: 'image', place: 'cat/2.png' });
  await writeFile(join(path, 'cat/2.png'), await png(4, 4, [7, 7, 7]));
  expect(await firsts(again, [3])).toEqual([[1, 2, 3]]);
});

test('folders that are none', async () => {
  expect(await caught(() => fromFolder(join(root, 'nothing')))).toMatchObject({ code: 'image', got: 'no such folder' });
  const empty = await folder('empty', { 'readme.txt': 'x' });
  expect(await caught(() => fromFolder(empty))).toMatchObject({ code: 'argument', message: 'fromFolder: expected a folder for each class, got a folder without folders' });
  expect(await caught(() => fromFolder(join(empty, 'readme.txt')))).toMatchObject({ code: 'image', got: 'a file' });
  const hollow = await folder('hollow', { 'cat/1.png': 'x', 'dog/notes.txt': 'x' });
  expect(await caught(() => fromFolder(hollow))).toMatchObject({ code: 'argument', message: 'fromFolder: dog: expected photos of the class, got none; add some, or remove the folder' });
  expect(await caught(() => fromFolder(7 as unknown as string))).toMatchObject({ code: 'argument' });
  expect(await caught(() => onPage('photos'))).toMatchObject({ code: 'unsupported' });
});

test.each([{ channels: 2 }, { cache: 1 }, { size: 4 }, { preprocess: 'image' }, { maxPixels: 0 }])('options %j', async (options) => {
  const path = await folder('one', { 'cat/1.png': await png(2, 2, [0, 0, 0]) });
  expect(await caught(() => fromFolder(path, options as object))).toMatchObject({ code: 'argument' });
});

async function fileOf(path: string, colour: Colour): Promise<File> {
  const file = new File([new Uint8Array(await png(3, 2, colour))], path.split('/').pop()!);
  return Object.defineProperty(file, 'webkitRelativePath', { value: path });
}

test('files of a folder that was chosen, and files with their classes', async () => {
  const chosen = await Promise.all([fileOf('pets/dog/b.png', [1, 2, 3]), fileOf('pets/cat/x/a.png', [4, 5, 6]), fileOf('pets/cat/.a.png', [0, 0, 0]), fileOf('pets/notes.txt', [0, 0, 0])]);
  const labelled = [{ label: 'dog', blob: chosen[0]! }, { name: 'a.png', label: 'cat', blob: chosen[1]! }];
  for (const files of [chosen, labelled]) {
    const data = fromFiles(files);
    expect(data).toMatchObject({ length: 2, classes: ['cat', 'dog'], labels: Int32Array.of(0, 1) });
    expect(await firsts(data, [0, 1])).toEqual([[4, 5, 6], [1, 2, 3]]);
  }
  const bad = fromFiles([{ name: 'mine.png', label: 'cat', blob: new Blob(['text']) }]);
  expect(await caught(() => bad.get([0]))).toMatchObject({ code: 'image', place: 'mine.png' });
});

test.each<[string, unknown]>([
  ['fromFiles: expected at least one example, got none; the data is empty', []],
  ['fromFiles: expected a list of files, or of { name, label, blob }, got number', 7],
  ['files[0]: expected a file, or { name, label, blob }, got "a.png"', ['a.png']],
  ['files[0].label: expected the name of a class, got 3', [{ label: 3, blob: new Blob([]) }]],
  ['files[0]: expected a file in the folder of its class, got a.png; choose the folder that holds a folder for each class, or give { name, label, blob }', [new File([], 'a.png')]],
])('refused: %s', async (message, files) => {
  expect(await caught(() => fromFiles(files as File[]))).toMatchObject({ code: 'argument', message });
});

test('photos of other proportions need both sides, and one side alone is not enough', async () => {
  const path = await pets('proportions', (i) => (i === 3 ? [4, 6] : [6, 4]));
  const data = await fromFolder(path, { preprocess: { preset: 'imagenet', size: 4 } });
  const { code, hint } = await caught(() => data.get([0, 1, 2, 3, 4]));
  expect({ code, hint }).toEqual({ code: 'shape', hint: 'one side alone keeps the proportions of a photo: give the option preprocess a size of two, as size: [224, 224], or a crop' });
  const both = await fromFolder(path, { preprocess: { preset: 'imagenet', size: [4, 4] } });
  expect((await both.get([0, 1, 2, 3, 4])).x.shape).toEqual([5, 3, 4, 4]);
});
