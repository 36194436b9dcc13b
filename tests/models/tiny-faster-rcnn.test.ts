/** The small detector of two stages: its form, that it learns, and that the graph that finds boxes has what was learned. */
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../ts/base/errors.js';
import { rcnnLosses, rcnnTruths } from '../../ts/detection/rcnn.js';
import { cocoEvaluator } from '../../ts/metrics/coco.js';
import { tinyFasterRcnn } from '../../ts/models/index.js';
import type { TinyFasterRcnnOptions } from '../../ts/models/index.js';
import { saveModel } from '../../ts/model/save-model.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { count } from '../../ts/tensor/shape.js';
import { adamw } from '../../ts/train/optimizers.js';
import { Trainer } from '../../ts/train/trainer.js';
import { loadInline } from '../../ts/model/inline-model.js';
import { openTrain } from '../support/train.js';

const shapesOf = (options: TinyFasterRcnnOptions) => {
  const { inputs, outputs, values } = tinyFasterRcnn(options);
  return Object.fromEntries([...inputs, ...outputs].map(({ name, value }) => [name, values[value]!.shape]));
};

const TASK = { kind: 'detect', head: 'torchvision', background: true } as const;

describe('its form', () => {
  it('is that of torchvision\'s detectors', () => {
    expect(shapesOf({})).toEqual({ input: [null, 1, 128, 128], boxes: [null, 100, 4], scores: [null, 100], labels: [null, 100], count: [null] });
  });

  it('is what losses judge, and what they compare with', () => {
    const one = { size: 64, classes: 3, decoded: false, objects: 4 };
    expect(shapesOf(one)).toMatchObject({
      input: [null, 1, 64, 64], truths: [null, 4, 5], objectness0: [null, 8, 8, 8], 'objectness0.target': [null, 8, 8, 8], anchors0: [null, 32, 8, 8],
      'anchors0.weights': [null, 32, 8, 8], classes: [null, 4], 'classes.target': [null], boxes: [null, 16], 'boxes.target': [null, 16], 'boxes.weights': [null, 16],
    });
    const { outputs } = tinyFasterRcnn(one);
    const known = new Set(outputs.map(({ name }) => name));
    for (const { output, computed } of rcnnLosses()) expect([output, computed?.target, computed?.weights].filter((name) => !known.has(name!))).toEqual([]);
  });

  it('has the same parameters either way, and fits into 400 kB', () => {
    const { params } = tinyFasterRcnn();
    const byName = (all: typeof params): string[] => all.map(({ name, shape }) => `${name} ${shape.join()}`).sort();
    expect(byName(tinyFasterRcnn({ decoded: false }).params)).toEqual(byName(params));
    expect(new Set(params.map(({ name }) => name)).size).toBe(params.length);
    expect(params.reduce((sum, { shape }) => sum + count(shape), 0)).toBeGreaterThan(150_000);
    const weights = params.map(({ name, shape }) => ({ name, dtype: 'F16', shape, bytes: new Uint8Array(2 * count(shape)) }) as const);
    expect(saveModel({ graph: tinyFasterRcnn(), weights, labels: [...'0123456789'], task: TASK }, 'f16').length).toBeLessThanOrEqual(400_000);
  });

  it.each<[string, TinyFasterRcnnOptions]>([
    ['size: expected a multiple of 16, got 100', { size: 100 }],
    ['classes', { classes: 0 }],
    ['objects', { objects: 0.5 }],
    ['decoded', { decoded: 'yes' as never }],
    ['expected an option it has, got strides', { strides: [8] } as TinyFasterRcnnOptions],
  ])('refuses %s', (message, options) => {
    expect(() => tinyFasterRcnn(options)).toThrow(ArgumentError);
    expect(() => tinyFasterRcnn(options)).toThrow(message);
  });
});

const SIZE = 64;

/** A bright and a dark square each, of changing places and sizes. */
function squares(images: number, seed: number) {
  const data = new Float32Array(images * SIZE * SIZE).fill(0.5);
  let state = seed;
  const random = (least: number, most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(least + (state / 2 ** 32) * (most - least + 1));
  };
  const boxes = Array.from({ length: images }, (_, image) => [0, 1].map((index) => {
    const side = random(8, 24);
    const box = { left: random(0, 31 - side) + 32 * index, top: random(0, SIZE - side), width: side, height: side, index };
    for (let y = box.top; y < box.top + side; y++) data.fill(1 - index, (image * SIZE + y) * SIZE + box.left, (image * SIZE + y) * SIZE + box.left + side);
    return box;
  }));
  return { data, boxes };
}

it('learns to find squares', async () => {
  const options = { classes: 2, size: SIZE };
  const trainer = new Trainer(openTrain('simd'), tinyFasterRcnn({ ...options, decoded: false, objects: 2 }), { loss: rcnnLosses(), optimizer: adamw({ lr: 4e-3 }), seed: 1, clip: 10 });
  const losses: (readonly number[])[] = [];
  for (let step = 0; step < 120; step++) {
    const { data, boxes } = squares(4, step);
    const truths = rcnnTruths(boxes, { size: [SIZE, SIZE], classes: 2, objects: 2 });
    losses.push(trainer.step({ x: { input: tensor(data, [4, 1, SIZE, SIZE]), truths }, y: [] }).losses);
  }
  const mean = (from: number, loss: number): number => losses.slice(from, from + 10).reduce((sum, all) => sum + all[loss]! / 10, 0);
  expect(mean(110, 0)).toBeLessThan(0.5 * mean(0, 0));
  expect(mean(110, 2)).toBeLessThan(0.7 * mean(0, 2));
  const file = saveModel({ graph: tinyFasterRcnn(options), weights: trainer.weights(), labels: ['bright', 'dark'], task: TASK, preprocess: 'letterbox' });
  trainer.dispose();
  const model = await loadInline(file, {}, { defaultWasm: (variant) => new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url).href, only: undefined, readers: [] });
  const evaluator = cocoEvaluator({ classes: ['bright', 'dark'] });
  for (let image = 0; image < 12; image++) {
    const { data, boxes } = squares(1, 1000 + image);
    const found = await model.detect({ data: Uint8Array.from(data, (pixel) => 255 * pixel), width: SIZE, height: SIZE, channels: 1 }, { score: 0.05 });
    evaluator.add(image, boxes[0]!, found.boxes.map(({ mask: _, ...box }) => box));
  }
  expect(evaluator.result().ap50).toBeGreaterThan(0.5);
  model.dispose();
}, 120_000);
