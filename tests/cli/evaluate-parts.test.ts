/** What `receptive evaluate` is made of: models in the form of a few lines, whose answers are known. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { ArgumentError, FormatError, ShapeError } from '../../ts/base/errors.js';
import { evaluateBoxes } from '../../ts/cli/evaluate/boxes.js';
import type { AnsweredBox, AskBoxes, Detector } from '../../ts/cli/evaluate/boxes.js';
import { evaluateClasses } from '../../ts/cli/evaluate/classes.js';
import type { ClassifiedPhotos, Classifier } from '../../ts/cli/evaluate/classes.js';
import { readClassified } from '../../ts/cli/evaluate/classified.js';
import { evaluateMasks } from '../../ts/cli/evaluate/masks.js';
import type { Segmenter } from '../../ts/cli/evaluate/masks.js';
import { readAhead, spread } from '../../ts/cli/evaluate/some.js';
import { reported, tell } from '../../ts/cli/evaluate/told.js';
import { readBoxes, readMasks } from '../../ts/cli/labelled/read.js';
import { fromCoco } from '../../ts/datasets/coco.js';
import { fromMasks } from '../../ts/datasets/masks.js';
import { writePhotos } from '../support/patterns.js';

const top = mkdtempSync(join(tmpdir(), 'receptive-evaluate-parts-'));
afterAll(() => rmSync(top, { recursive: true }));
const caught = (work: () => unknown): Promise<Error> => Promise.resolve().then(work).then(() => Promise.reject(new Error('nothing was thrown')), (error: Error) => error);
const photo = (width = 8, height = 8) => ({ data: new Uint8Array(width * height * 3), width, height });

function write(folder: string, files: Readonly<Record<string, string | Buffer>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(top, folder, name)), { recursive: true });
    writeFileSync(join(top, folder, name), content);
  }
  return join(top, folder);
}

const png = (width = 8, height = 8): Promise<Buffer> => sharp({ create: { width, height, channels: 3, background: '#888' } }).png().toBuffer();

describe('which photos', () => {
  it('are evenly spread', () => {
    expect([spread(10, 4), spread(3, 10), spread(3, undefined), spread(0, 5)]).toEqual([[0, 2, 5, 7], [0, 1, 2], [0, 1, 2], []]);
  });

  it('are read while the one before is looked at, and an error is that of its photo', async () => {
    const log: string[] = [];
    const get = (index: number): Promise<number> => {
      log.push(`read ${index}`);
      return index === 7 ? Promise.reject(new Error('photo 7')) : Promise.resolve(index);
    };
    const error = await caught(async () => {
      for await (const item of readAhead([5, 6, 7, 8], get)) log.push(`got ${item}`);
    });
    expect(error.message).toBe('photo 7');
    expect(log).toEqual(['read 5', 'read 6', 'got 5', 'read 7', 'got 6', 'read 8'].slice(0, log.length));
    expect(log).toContain('got 6');
  });
});

describe('boxes', () => {
  const data = () => fromCoco({
    images: [1, 2].map((id) => ({ id, file_name: `${id}.png`, width: 8, height: 8 })),
    categories: [{ id: 1, name: 'dog' }, { id: 2, name: 'cat' }],
    annotations: [{ image_id: 1, category_id: 1, bbox: [0, 0, 4, 4] }, { image_id: 2, category_id: 2, bbox: [4, 4, 4, 4] }],
  }, { photo: () => photo() });
  const box = (label: string | undefined, index: number, left = 0): AnsweredBox => ({ left, top: left, width: 4, height: 4, score: 0.9, label, index });
  const answering = (...answers: AnsweredBox[][]): Detector & { asked: AskBoxes[] } => {
    const asked: AskBoxes[] = [];
    return { asked, detect: (_, ask) => Promise.resolve({ boxes: answers[asked.push(ask) - 1]! }) };
  };

  it('are those of the data by name, whatever their index', async () => {
    const detector = answering([box('dog', 16), box('car', 2)], [box('cat', 15, 4)]);
    const told: string[] = [];
    const report = await evaluateBoxes(await data(), detector, { score: 0.1, max: 7 }, { onPhoto: (done, all) => told.push(`${done}/${all}`) });
    expect(report).toMatchObject({ strangers: 1, result: { images: 2, ar: [1, 1, 1] } });
    expect(report.result.ap).toBeCloseTo(1, 12);
    expect([detector.asked, told]).toEqual([Array(2).fill({ score: 0.1, max: 7 }), ['1/2', '2/2']]);
    expect(tell(report)).toMatch(/^class +AP +AP50.*\nall +1\.000 +1\.000.*\ndog +1\.000.*\ncat +1\.000.*\n\n1 boxes are of classes.*\nmAP 1\.000, mAP50 1\.000 of 2 objects on 2 photos$/);
    expect(reported(report)).toMatchObject({ task: 'detect', images: 2, strangers: 1, classes: [{ label: 'dog' }, { label: 'cat' }] });
  });

  it('are those of the data by index where the model has no names', async () => {
    const { result } = await evaluateBoxes(await data(), answering([box(undefined, 0)], [box(undefined, 0, 4), box(undefined, 2, 4)]), {}, {});
    expect(result.classes.map(({ ap }) => ap?.toFixed(3))).toEqual(['1.000', '0.000']);
  });

  it('of no class of the data are refused, and none at all are none', async () => {
    const error = await caught(async () => evaluateBoxes(await data(), answering([box('hund', 0)], []), {}, {}));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(/--model: expected classes of the data, dog, cat, got hund; --labels/);
    expect((await evaluateBoxes(await data(), answering([], []), {}, {})).result.ap).toBe(0);
    expect((await evaluateBoxes(await data(), answering([]), {}, { limit: 1 })).result).toMatchObject({ images: 1, classes: [{ truths: 1 }, { truths: 0 }] });
  });
});

describe('masks', () => {
  const truth = { data: Uint8Array.of(0, 1, 255, 1), width: 2, height: 2 };
  const data = () => fromMasks([{ name: 'a', image: photo(2, 2), mask: truth }], { classes: ['sky', 'road'] });
  const answering = (data: readonly number[], labels?: readonly string[], width = 2): Segmenter => ({ labels, segment: () => Promise.resolve({ mask: { data: Uint8Array.from(data), width, height: data.length / width } }) });

  it('are compared by name, else by index; what nobody labelled does not count', async () => {
    const plain = await evaluateMasks(data(), answering([0, 1, 1, 0]), {});
    expect(plain).toMatchObject({ images: 1, pixelAccuracy: 2 / 3, meanIou: 0.5, classes: [{ label: 'sky', iou: 0.5 }, { label: 'road', iou: 0.5 }] });
    expect(await evaluateMasks(data(), answering([2, 0, 2, 1], ['road', 'tree', 'sky']), {})).toMatchObject({ pixelAccuracy: 2 / 3, meanIou: 0.75 });
    expect(tell(plain)).toMatch(/^class +IoU +Dice\nsky +0\.500 +0\.667\nroad +0\.500 +0\.667\n\nmean IoU 0\.500, mean Dice 0\.667, 66\.7 % of the pixels right, on 1 photos$/);
    expect(reported(plain)).toBe(plain);
  });

  it('of another size, or of no class of the data, are refused', async () => {
    expect(await caught(() => evaluateMasks(data(), answering([0, 1], undefined, 2), {}))).toBeInstanceOf(ShapeError);
    expect((await caught(() => evaluateMasks(data(), answering([0, 1, 1, 0], ['tree']), {}))).message).toMatch(/expected classes of the data, sky, road, got tree/);
  });
});

describe('classes', () => {
  const data: ClassifiedPhotos = { classes: ['bee', 'ant'], length: 4, get: (index) => Promise.resolve({ image: photo(), truth: index % 2 }) };
  const answering = (labels: readonly string[] | undefined, ...answers: number[][]): Classifier => {
    let at = 0;
    return { labels, classify: () => Promise.resolve({ top: answers[at++]!.map((index, rank) => ({ index, label: labels?.[index], probability: 1 - rank / 10 })) }) };
  };

  it('are those of the model by name', async () => {
    const report = await evaluateClasses(data, answering(['ant', 'bee', 'cat'], [1, 0, 2], [1, 0, 2], [2, 0, 1], [0, 1, 2]), {});
    expect(report).toMatchObject({ examples: 4, top1: 0.5, top5: 1, names: ['ant', 'bee', 'cat'] });
    expect(reported(report)).toMatchObject({ confusion: [{ is: 'ant', said: 'ant', times: 1 }, { is: 'ant', said: 'bee', times: 1 }, { is: 'bee', said: 'bee', times: 1 }, { is: 'bee', said: 'cat', times: 1 }] });
    expect(tell(report)).toMatch(/50\.0 % of 4 examples right$/);
  });

  it('are in the order of the data where the model has no names, or numbers', async () => {
    expect(await evaluateClasses(data, answering(undefined, [0, 1], [1, 0], [0, 1], [1, 0]), {})).toMatchObject({ top1: 1, names: ['bee', 'ant'] });
    const digits: ClassifiedPhotos = { ...data, classes: ['7', '3'], length: 1 };
    expect(await evaluateClasses(digits, answering(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], [7, 1, 2, 3, 4]), {})).toMatchObject({ top1: 1 });
  });

  it('are yes and no of a model of one output', async () => {
    let at = 0;
    const classifier: Classifier = { classify: () => Promise.resolve({ top: [{ index: 0, label: undefined, probability: [0.2, 0.9, 0.6, 0.7][at++]! }] }) };
    expect(await evaluateClasses(data, classifier, {})).toMatchObject({ top1: 0.75, names: ['bee', 'ant'] });
  });

  it('that the model does not have are refused', async () => {
    expect((await caught(() => evaluateClasses(data, answering(['bee', 'wasp']), {}))).message).toMatch(/--data: class ant: expected one of the 2 classes of the model/);
  });
});

describe('folders', () => {
  it('of YOLO are those of Ultralytics and Roboflow', async () => {
    const image = await png();
    const yaml = 'path: .\ntrain: images/train\nval: images/val # judged by\nnames:\n  0: dog\n  1: "cat"\nnc: 2\n';
    const ultralytics = write('ultralytics', { 'data.yaml': yaml, 'images/val/b/c.jpg': image, 'images/val/a.png': image, 'images/train/d.png': image, 'labels/val/b/c.txt': '1 .5 .5 .5 .5\n' });
    const roboflow = write('roboflow', { 'data.yaml': "train: ../train/images\nval: ../valid/images\nnames: ['dog', 'cat']\n", 'valid/images/a.jpg': image, 'valid/labels/a.txt': '0 .5 .5 .5 .5' });
    const plain = write('plain', { 'images/a.png': image, 'images/.hidden.png': 'x', 'labels/a.txt': '' });
    const flat = write('flat', { 'a.png': image, 'a.txt': '0 .5 .5 1 1' });
    const boxesOf = async (path: string, names?: readonly string[]) => {
      const data = await readBoxes(path, { names });
      return [data.classes, ...(await Promise.all(Array.from({ length: data.length }, (_, i) => data.get(i)))).map(({ name, boxes }) => [name, ...boxes.map(({ index }) => index)])];
    };
    expect(await boxesOf(ultralytics)).toEqual([['dog', 'cat'], ['a.png'], ['b/c.jpg', 1]]);
    expect(await boxesOf(join(ultralytics, 'data.yaml'))).toEqual(await boxesOf(ultralytics));
    expect(await boxesOf(roboflow)).toEqual([['dog', 'cat'], ['a.jpg', 0]]);
    expect(await boxesOf(plain, ['dog'])).toEqual([['dog'], ['a.png']]);
    expect(await boxesOf(flat, ['dog'])).toEqual([['dog'], ['a.png', 0]]);
  });

  it('of COCO have photos beside the file, in images, or elsewhere', async () => {
    const image = await png();
    const coco = JSON.stringify({ images: [{ id: 1, file_name: 'a.png', width: 8, height: 8 }], categories: [{ id: 1, name: 'dog' }], annotations: [] });
    const roboflow = write('coco', { '_annotations.coco.json': coco, 'a.png': image });
    const apart = write('apart', { 'instances.json': coco, 'images/a.png': image, 'other/a.png': await png(4, 4) });
    expect((await (await readBoxes(roboflow, {})).get(0)).name).toBe('a.png');
    expect((await (await readBoxes(join(apart, 'instances.json'), {})).get(0)).width).toBe(8);
    const elsewhere = await readBoxes(join(apart, 'instances.json'), { images: join(apart, 'other') });
    expect((await caught(() => elsewhere.get(0))).message).toMatch(/a.png: expected a photo of 8 x 8, as its labels say, got 4 x 4/);
    const nowhere = await readBoxes(join(write('nowhere', { 'a.json': coco }), 'a.json'), {});
    expect((await caught(() => nowhere.get(0))).message).toMatch(/a.png: the image cannot be read \(no such file/);
  });

  it('of masks have images and masks', async () => {
    const mask = await sharp(Buffer.from([0, 1, 1, 255]), { raw: { width: 2, height: 2, channels: 1 } }).toColourspace('b-w').png().toBuffer();
    const folder = write('masks', { 'images/a.png': await png(2, 2), 'masks/a.png': mask, 'classes.txt': 'sky\nroad\n' });
    expect(await readMasks(folder, {}).get(0)).toMatchObject({ name: 'a.png', mask: { data: Uint8Array.of(0, 1, 1, 255) } });
    const unnamed = write('unnamed', { 'images/a.png': 'x', 'masks/b.png': 'x' });
    expect((await caught(() => readMasks(unnamed, {}))).message).toMatch(/names of the classes.*classes.txt/);
    expect((await caught(() => readMasks(unnamed, { names: ['a'] }))).message).toMatch(/--data: a.png: expected a mask of the same name/);
  });

  it('of classes may have a part to judge by', async () => {
    const folder = await writePhotos(join(top, 'classes'), { 'train/red': [200, 0, 0], 'train/blue': [0, 0, 200], 'val/red': [200, 0, 0], 'val/blue': [0, 0, 200] }, 2, 8);
    const [whole, part] = [await readClassified(join(folder, 'train'), { channels: 3, size: undefined }), await readClassified(folder, { channels: 3, size: undefined })];
    expect([whole.classes, part.classes, part.length]).toEqual([['blue', 'red'], ['blue', 'red'], 4]);
    expect(await part.get(3)).toEqual({ image: join(folder, 'val', 'red', '1.png'), truth: 1 });
  });

  it('a table gives its bytes', async () => {
    const table = join(write('table', { 'a.csv': 'ant,0,1,2,3\nbee,255,128,64,32\n' }), 'a.csv');
    const data = await readClassified(table, { channels: 1, size: [2, 2] });
    expect([data.classes, await data.get(1)]).toEqual([['ant', 'bee'], { image: { data: Uint8Array.of(255, 128, 64, 32), width: 2, height: 2, channels: 1 }, truth: 1 }]);
  });

  const wrongs: [string, () => unknown, typeof ArgumentError | typeof FormatError, RegExp][] = [
    ['nothing there', () => readBoxes(join(top, 'none'), {}), ArgumentError, /no such file/],
    ['no photos', () => readBoxes(write('empty', { 'images/a.txt': '' }), { names: ['a'] }), ArgumentError, /expected photos/],
    ['no texts', () => readBoxes(write('no-texts', { 'images/a.png': 'x' }), { names: ['a'] }), ArgumentError, /a text for each photo/],
    ['no names', () => readBoxes(write('no-names', { 'a.png': 'x', 'a.txt': '' }), {}), ArgumentError, /names of the classes/],
    ['a file that is no YAML', () => readBoxes(write('no-yaml', { 'data.yaml': 'a: [' }), {}), FormatError, /expected YAML/],
    ['a YAML of a text', () => readBoxes(write('text-yaml', { 'data.yaml': 'hello' }), {}), FormatError, /names and folders/],
    ['no folder of photos', () => readBoxes(write('no-val', { 'data.yaml': 'names: [a]' }), {}), FormatError, /with a folder of photos/],
    ['a folder that is not there', () => readBoxes(write('lost', { 'data.yaml': 'names: [a]\nval: images' }), {}), ArgumentError, /val: expected a folder of photos, got nothing at/],
    ['names with a gap', () => readBoxes(write('gap', { 'data.yaml': 'names: {0: a, 2: b}\nval: images', 'images/a.png': 'x' }), {}), FormatError, /names: expected a name for each class from 0 on, got none for 1/],
    ['folders without masks', () => readMasks(write('no-masks', { 'images/a.png': 'x' }), { names: ['a'] }), ArgumentError, /no folder .*masks/],
    ['no folder for a class', () => readClassified(write('no-class', { 'a.png': 'x' }), { channels: 3, size: undefined }), ArgumentError, /a folder of photos for each class/],
    ['no photo of a class', () => readClassified(write('no-photo', { 'ant/a.txt': 'x' }), { channels: 3, size: undefined }), ArgumentError, /--data: ant: expected photos/],
  ];
  it.each(wrongs)('are refused: %s', async (_, work, Class, message) => {
    const error = await caught(work);
    expect(error).toBeInstanceOf(Class);
    expect(error.message).toMatch(message);
  });
});
