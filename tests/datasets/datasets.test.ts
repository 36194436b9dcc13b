/** Data sets of the user's own: COCO JSON, YOLO text, masks. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError, ImageError, ShapeError } from '../../ts/base/errors.js';
import { fromCoco } from '../../ts/datasets/coco.js';
import type { CocoDataset } from '../../ts/datasets/coco.js';
import type { LabelledImage } from '../../ts/datasets/labelled.js';
import { fromMasks } from '../../ts/datasets/masks.js';
import { fromYolo } from '../../ts/datasets/yolo.js';
import type { RgbImage } from '../../ts/image/types.js';
import { cocoEvaluator } from '../../ts/metrics/coco.js';
import { rleFromMask, rleToMask } from '../../ts/metrics/rle.js';
import { rleToCoco } from '../../ts/metrics/rle-text.js';

const photo = (width: number, height: number): RgbImage => ({ data: new Uint8Array(width * height * 3).fill(9), width, height });
const caught = (work: () => unknown): Promise<Error> => Promise.resolve().then(work).then(() => Promise.reject(new Error('nothing was thrown')), (error: Error) => error);

async function all(dataset: AsyncIterable<LabelledImage>): Promise<LabelledImage[]> {
  const found: LabelledImage[] = [];
  for await (const one of dataset) found.push(one);
  return found;
}

const RUNS = rleFromMask({ data: [0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0], width: 4, height: 3 });

function coco() {
  return {
    info: { year: 2026 },
    images: [{ id: 7, file_name: 'b.png', width: 4, height: 3 }, { id: 3, file_name: 'a.png', width: 20, height: 10 }],
    categories: [{ id: 18, name: 'dog', supercategory: 'animal' }, { id: 2, name: 'cat' }],
    annotations: [
      { id: 1, image_id: 3, category_id: 18, bbox: [1, 2, 8, 6], area: 30.5, iscrowd: 0, segmentation: [[1, 2, 9, 2, 9, 8, 1, 8]] },
      { id: 2, image_id: 7, category_id: 2, bbox: [1, 0, 2, 2], iscrowd: 1, segmentation: { size: [3, 4], counts: [...RUNS.counts] } },
      { id: 3, image_id: 3, category_id: 2, bbox: [10.5, 0.5, 10, 9.5] },
      { id: 4, image_id: 7, category_id: 18, segmentation: rleToCoco(RUNS) },
    ] as Record<string, unknown>[],
  };
}

const PHOTOS: Readonly<Record<string, RgbImage>> = { 'a.png': photo(20, 10), 'b.png': photo(4, 3) };

describe('COCO JSON', () => {
  it('gives photos, boxes and masks; classes by rising number', async () => {
    const text = JSON.stringify(coco());
    const read = await fromCoco(text, { photo: (name) => Promise.resolve(PHOTOS[name]!) });
    expect([read.classes, read.categories, read.length]).toEqual([['cat', 'dog'], [2, 18], 2]);
    const [b, a] = await all(read);
    expect(b).toMatchObject({ id: 7, name: 'b.png', width: 4, height: 3, image: { width: 4, height: 3 } });
    expect(b!.boxes).toEqual([
      { left: 1, top: 0, width: 2, height: 2, index: 0, crowd: true, area: 4, mask: RUNS },
      { left: 1, top: 0, width: 2, height: 2, index: 1, crowd: false, area: 4, mask: RUNS },
    ]);
    expect(a!.boxes.map(({ mask, ...box }) => [box, mask && rleToMask(mask).data.reduce((sum, set) => sum + set, 0)])).toEqual([
      [{ left: 1, top: 2, width: 8, height: 6, index: 1, crowd: false, area: 30.5 }, 48],
      [{ left: 10.5, top: 0.5, width: 10, height: 9.5, index: 0, crowd: false, area: 95 }, undefined],
    ]);
    for (const same of [coco(), new TextEncoder().encode(text), new TextEncoder().encode(text).buffer, new Blob([text])]) {
      const other: CocoDataset = await fromCoco(same);
      expect([0, 1].map((i) => other.labels(i))).toEqual([b, a].map(({ image: _, ...labels }: LabelledImage = b!) => labels));
    }
  });

  it('gives truths that the evaluator takes', async () => {
    const read = await fromCoco(coco());
    const evaluator = cocoEvaluator({ classes: read.classes });
    for (let i = 0; i < read.length; i++) {
      const { id, boxes } = read.labels(i);
      evaluator.add(id, boxes, boxes.map((box) => ({ ...box, score: 1 })));
    }
    expect(evaluator.result()).toMatchObject({ images: 2, classes: [{ label: 'cat', truths: 1 }, { label: 'dog', truths: 2 }] });
    expect(evaluator.result().ap).toBeCloseTo(1, 12);
  });

  it('without photos gives labels alone, and an index that no photo has is refused', async () => {
    const read = await fromCoco(coco());
    expect((await caught(() => read.get(0))).message).toMatch(/photo: expected a function/);
    for (const index of [-1, 2, 0.5, NaN]) expect(() => read.labels(index)).toThrow(ArgumentError);
  });

  it('refuses photos that cannot be read, or have another size', async () => {
    const read = await fromCoco(coco(), { photo: (name) => (name === 'b.png' ? photo(3, 4) : Uint8Array.of(1, 2, 3)) });
    const [turned, broken] = [await caught(() => read.get(0)), await caught(() => read.get(1))];
    expect([turned, broken].map((error) => error instanceof ImageError)).toEqual([true, true]);
    expect(turned.message).toMatch(/^b.png: expected a photo of 4 x 3, as its labels say, got 3 x 4/);
    expect(broken.message).toMatch(/^a.png: /);
  });

  const change = (at: number, fields: object) => () => {
    const file = coco();
    Object.assign(file.annotations[at]!, fields);
    return file;
  };
  const broken: [string, () => unknown, RegExp][] = [
    ['no JSON', () => '{"images": [', /^annotations: expected JSON/],
    ['bytes that are no text', () => Uint8Array.of(0xff, 0xfe, 0), /UTF-8/],
    ['a list', () => [], /expected an object with images/],
    ['null', () => null, /expected an object with images/],
    ['no annotations', () => ({ ...coco(), annotations: undefined }), /^annotations: annotations: expected a list/],
    ['no categories', () => ({ ...coco(), categories: [] }), /at least one/],
    ['an entry that is none', () => ({ ...coco(), images: [5] }), /^images\[0\]: expected an object, got 5/],
    ['a category twice', () => ({ ...coco(), categories: [{ id: 2, name: 'a' }, { id: 2, name: 'b' }] }), /^categories\[1\]: id: expected each number once, got 2/],
    ['a name twice', () => ({ ...coco(), categories: [{ id: 2, name: 'a' }, { id: 18, name: 'a' }] }), /^categories\[1\]: name/],
    ['an image twice', () => ({ ...coco(), images: [...coco().images, coco().images[0]] }), /^images\[2\]: id: expected each number once, got 7/],
    ['an image without a size', () => ({ ...coco(), images: [{ id: 1, file_name: 'x', width: 0, height: 4 }] }), /^images\[0\]: width/],
    ['an image of too many pixels', () => ({ ...coco(), images: [{ id: 1, file_name: 'x', width: 1e9, height: 40 }] }), /^images\[0\]: expected at most 4294967295 pixels, got \[1000000000,40\]/],
    ['a path', () => 'gt.json', /^annotations: expected JSON, got .*; give the text of the file, its bytes, or what JSON.parse made of it; a path is not read$/],
    ['an image without a name', () => ({ ...coco(), images: [{ id: 1, width: 4, height: 4 }] }), /^images\[0\]: file_name/],
    ['an image that is unknown', change(2, { image_id: 99 }), /^annotations\[2\] \(id 3\): image_id: expected the number of an image in the file, got 99/],
    ['a category that is unknown', change(1, { category_id: 3 }), /^annotations\[1\] \(id 2\): category_id/],
    ['three numbers', change(0, { bbox: [1, 2, 3] }), /bbox: expected four numbers: left, top, width, height, got \[1,2,3\]/],
    ['NaN', change(0, { bbox: [1, 2, 3, NaN] }), /bbox: expected four numbers/],
    ['a negative width', change(0, { bbox: [5, 2, -3, 4] }), /width and height from 0 on/],
    ['a box beyond its image', change(0, { bbox: [13, 2, 8.5, 4] }), /annotations\[0\] \(id 1\): bbox: expected a box on the photo of 20 x 10, got 13, 2, 21.5, 6/],
    ['a crowd of 2', change(0, { iscrowd: 2 }), /iscrowd/],
    ['a negative area', change(0, { area: -1 }), /area/],
    ['two corners', change(0, { segmentation: [[1, 2, 3, 4]] }), /segmentation: polygon 0: expected x and y of at least three corners, got 4 numbers/],
    ['numbers that are no polygons', change(0, { segmentation: [1, 2, 3, 4, 5, 6] }), /segmentation: polygon 0/],
    ['a mask of another size', change(3, { segmentation: { size: [4, 3], counts: [12] } }), /segmentation: expected a mask of 4 x 3, as its image, got 3 x 4/],
    ['a broken mask', change(3, { segmentation: { size: [3, 4], counts: '~' } }), /segmentation: expected whole runs/],
    ['neither box nor mask', change(3, { segmentation: [] }), /^annotations\[3\] \(id 4\): expected bbox or segmentation, got neither/],
  ];
  it.each(broken)('is refused, naming the entry: %s', async (_, make, message) => {
    const error = await caught(() => fromCoco(make() as object));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(message);
  });

  it('refuses options that are none', async () => {
    for (const options of [{ photo: 5 }, { maxPixels: 0 }, { images: 'folder' }]) expect(await caught(() => fromCoco(coco(), options as never))).toBeInstanceOf(ArgumentError);
  });

  it('takes a box that reaches a pixel beyond its image, and one without an area', async () => {
    const file = coco();
    file.annotations[0]!['bbox'] = [-1, -0.5, 22, 11.5];
    file.annotations[2]!['bbox'] = [3, 3, 0, 0];
    const { boxes } = (await fromCoco(file)).labels(1);
    expect(boxes.map(({ left, width }) => [left, width])).toEqual([[-1, 22], [3, 0]]);
  });
});

describe('YOLO text', () => {
  const classes = ['dog', 'cat'];
  const read = (labels: string | undefined, width = 20, height = 10) => fromYolo([{ name: 'a.jpg', image: photo(width, height), labels }], { classes });

  it('gives boxes and outlines in pixels', async () => {
    const dataset = read('1 0.5 0.5 0.25 0.4\r\n\r\n 0 0.1 0.2\t0.5 0.2 0.5 0.8 0.1 0.8 \n');
    expect([dataset.length, dataset.classes]).toEqual([1, classes]);
    const { boxes, ...rest } = await dataset.get(0);
    expect(rest).toMatchObject({ id: 'a.jpg', name: 'a.jpg', width: 20, height: 10 });
    expect(boxes[0]).toEqual({ left: 7.5, top: 3, width: 5, height: 4, index: 1, crowd: false, area: 20, mask: undefined });
    expect(boxes[1]).toMatchObject({ left: 2, top: 2, width: 8, height: 6, index: 0, area: 48 });
    expect(rleToMask(boxes[1]!.mask!).data.reduce((sum, set) => sum + set, 0)).toBe(48);
  });

  it('may say that nothing is there', async () => {
    for (const labels of ['', '\n', undefined]) expect((await read(labels).get(0)).boxes).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['a class without a name', '0 .5 .5 .1 .1\n2 .5 .5 .1 .1', /^a.txt: line 2: class: expected a whole number from 0 to 1, got "2"/],
    ['the name of a class', 'dog .5 .5 .1 .1', /class: expected/],
    ['half a class', '0.5 .5 .5 .1 .1', /class: expected/],
    ['fewer numbers', '0 .5 .5 .1', /^a.txt: line 1: expected a class and 4 numbers, .* got a class and 3/],
    ['half a corner', '0 .1 .1 .2 .2 .3 .3 .4', /got a class and 7/],
    ['five numbers', '0 .5 .5 .1 .1 .9', /got a class and 5/],
    ['NaN', '0 .5 nan .1 .1', /number 2: expected a number, got "nan"/],
    ['infinity', '0 .5 Infinity .1 .1', /number 2/],
    ['pixels', '0 320 .5 .1 .1', /number 1: .* got 320; divide pixels/],
    ['a box without a width', '0 .5 .5 .1 .1\n1 .5 .5 0 .1', /^a.txt: line 2: expected an object with a width and a height above 0, got 0 x 0.1; leave/],
    ['a box without a height', '0 .5 .5 .1 0', /^a.txt: line 1: .* got 0.1 x 0;/],
    ['a negative width', '0 .5 .5 -.01 .1', /^a.txt: line 1: .* got -0.01 x 0.1;/],
    ['an outline without a width', '0 .5 .1 .5 .2 .5 .3', /^a.txt: line 1: expected an object with a width/],
  ])('is refused, naming text and line: %s', (_, text, message) => {
    expect(() => read(text)).toThrow(FormatError);
    expect(() => read(text)).toThrow(message);
  });

  it('is refused with the photo: a box beyond it', async () => {
    const beyond = await caught(() => read('0 .95 .5 .4 .1').get(0));
    expect(beyond).toBeInstanceOf(FormatError);
    expect(beyond.message).toMatch(/^a.txt: line 1: expected a box on the photo of 20 x 10, got 15, 4.5, 23, 5.5/);
    expect((await read('0 .95 .5 .2 .1').get(0)).boxes[0]).toMatchObject({ left: 17, width: 4 });
  });

  it('refuses no photos, and names that are none', () => {
    const one = [{ name: 'a', image: photo(1, 1) }];
    for (const make of [() => fromYolo([], { classes }), () => fromYolo(one, { classes: [] }), () => fromYolo(one, { classes: ['a', 'a'] }), () => fromYolo(one, {} as never), () => fromYolo(one, { classes, names: [] } as never)]) {
      expect(make).toThrow(ArgumentError);
    }
    expect(() => fromYolo([{ ...one[0]!, labels: 5 as never }], { classes })).toThrow(/a: labels: expected a text/);
    expect(() => fromYolo([{ ...one[0]!, labels: null as never }], { classes })).toThrow(/a: labels: expected a text/);
    expect(() => fromYolo([{ ...one[0]!, name: 'v1.2/dog', labels: '9' }], { classes })).toThrow(/^v1.2\/dog.txt: line 1/);
  });

  it('refuses what are no photos', async () => {
    for (const examples of [null, 5, 'a.jpg', {}, [null], [undefined], ['a.jpg'], [{ image: photo(1, 1) }]]) {
      expect(() => fromYolo(examples as never, { classes })).toThrow(ArgumentError);
      expect(() => fromMasks(examples as never, { classes })).toThrow(ArgumentError);
    }
    expect(() => fromYolo([{ name: 'a', image: photo(1, 1) }, null as never], { classes })).toThrow(/^fromYolo: photo 1: expected a photo { name, image, labels }, got null$/);
    expect((await caught(() => fromYolo([{ name: 'no.jpg' } as never], { classes }).get(0))).message).toMatch(/^no.jpg: image: expected/);
  });
});

describe('masks', () => {
  const classes = ['background', 'road'];
  const mask = { data: Uint8Array.of(0, 1, 255, 1), width: 2, height: 2 };
  const read = (given: Parameters<typeof fromMasks>[0] extends Iterable<infer One> ? (One extends { mask: infer Mask } ? Mask : never) : never, ignore?: number) =>
    fromMasks([{ name: 'street.jpg', image: photo(2, 2), mask: given }], { classes, ignore });

  it('say the class of each pixel', async () => {
    const dataset = read(mask);
    expect([dataset.length, dataset.classes, dataset.ignore]).toEqual([1, classes, 255]);
    expect(await dataset.get(0)).toMatchObject({ id: 'street.jpg', width: 2, height: 2, boxes: [], mask });
    expect((await read(() => Promise.resolve(mask)).get(0)).mask).toEqual(mask);
  });

  it('are refused, naming the photo', async () => {
    const errors = [
      await caught(() => read({ ...mask, width: 4, height: 1 }).get(0)),
      await caught(() => read({ ...mask, data: new Uint8Array(3) }).get(0)),
      await caught(() => read(mask, 9).get(0)),
      await caught(() => read(Uint8Array.of(1, 2)).get(0)),
      await caught(() => read('mask.png' as never).get(0)),
    ];
    expect(errors.map((error) => error.constructor)).toEqual([ShapeError, ShapeError, FormatError, FormatError, ArgumentError]);
    expect(errors[0]!.message).toMatch(/^street.jpg: mask: expected 2 x 2, as the photo, got 4 x 1/);
    expect(errors[2]!.message).toMatch(/^street.jpg: mask: expected classes from 0 to 1, or 9 where nobody labelled, got 255 at \(0, 1\)/);
    expect(errors.every(({ message }) => message.startsWith('street.jpg: mask'))).toBe(true);
    for (const options of [{ classes: [''] }, { classes, ignore: -1 }, { classes, ignored: 0 }]) expect(() => fromMasks([{ name: 'a', image: photo(1, 1), mask }], options as never)).toThrow(ArgumentError);
    expect(() => fromMasks([], { classes })).toThrow(ArgumentError);
  });
});
