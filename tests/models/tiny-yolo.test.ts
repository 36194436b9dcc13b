/** The small detector: its form, that its decoded graph says what its losses judge, and that it learns. */
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../ts/base/errors.js';
import { yoloConstants } from '../../ts/detection/constants.js';
import { yoloLosses, yoloTargets } from '../../ts/detection/targets.js';
import { tinyYolo } from '../../ts/models/index.js';
import type { TinyYoloOptions } from '../../ts/models/index.js';
import { saveModel } from '../../ts/model/save-model.js';
import { adamw } from '../../ts/train/optimizers.js';
import { Trainer } from '../../ts/train/trainer.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { openModel, openTrain } from '../support/train.js';

const shapesOf = (options: TinyYoloOptions) => {
  const { outputs, values } = tinyYolo(options);
  return Object.fromEntries(outputs.map(({ name, value }) => [name, values[value]!.shape]));
};

describe('its form', () => {
  it('is that of YOLOv8, or what losses judge', () => {
    expect(shapesOf({})).toEqual({ output: [null, 14, 256] });
    expect(shapesOf({ classes: 3, size: 64, strides: [8, 16] })).toEqual({ output: [null, 7, 80] });
    expect(shapesOf({ classes: 3, decoded: false })).toEqual({ boxes: [null, 4, 256], objectness: [null, 1, 256], classes: [null, 3, 256] });
  });

  it('has a parameter for each name, none twice, and fits into 400 kB', () => {
    const { params } = tinyYolo();
    const count = params.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(count).toBeGreaterThan(100_000);
    expect(params.filter(({ name }) => /residual|^backbone8\.[245]\.conv/.test(name)).map(({ name, shape }) => `${name} ${shape.join()}`)).toEqual([
      'backbone8.2.conv.weight 24,24,3,3', 'backbone8.4.conv.weight 48,48,3,3', 'backbone8.5.conv.weight 48,48,3,3',
    ]);
    const weights = params.map(({ name, shape }) => ({ name, dtype: 'F16', shape, bytes: new Uint8Array(2 * shape.reduce((a, b) => a * b, 1)) }) as const);
    expect(saveModel({ graph: tinyYolo(), weights, labels: [...'0123456789'], task: 'detection' }, 'f16').length).toBeLessThanOrEqual(400_000);
  });

  it('has as many channels as it is told', () => {
    const { params } = tinyYolo({ channels: [4, 8, 12, 20, 28], strides: [8, 16] });
    const shapes = Object.fromEntries(params.map(({ name, shape }) => [name, shape.join()]));
    expect(shapes).toMatchObject({
      'backbone8.0.conv.weight': '4,1,3,3', 'backbone8.1.conv.weight': '8,4,3,3', 'backbone8.4.conv.weight': '12,12,3,3', 'backbone16.1.conv.weight': '20,20,3,3',
      'neck.0.conv.weight': '28,32,1,1', 'head8.size.weight': '2,28,1,1', 'head16.size.weight': '2,20,1,1',
    });
  });

  it.each<[string, TinyYoloOptions]>([
    ['size: expected a multiple of 16, got 100', { size: 100 }],
    ['strides: expected [8] or [8, 16], got [16]', { strides: [16] }],
    ['classes', { classes: 0 }],
    ['channels: expected five whole numbers, got [16]', { channels: [16] } as unknown as TinyYoloOptions],
    ['channels[3]', { channels: [16, 24, 48, 0, 64] }],
    ['expected an option it has, got numClasses', { numClasses: 3 } as TinyYoloOptions],
  ])('refuses %s', (message, options) => {
    expect(() => tinyYolo(options)).toThrow(ArgumentError);
    expect(() => tinyYolo(options)).toThrow(message);
  });
});

const SIZE = 64;
const GRID = { size: [SIZE, SIZE], strides: [8, 16] } as const;

/** A bright and a dark square each, of changing places and sizes. */
function squares(count: number, seed: number) {
  const data = new Float32Array(count * SIZE * SIZE).fill(0.5);
  let state = seed;
  const random = (least: number, most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(least + (state / 2 ** 32) * (most - least + 1));
  };
  const boxes = Array.from({ length: count }, (_, image) => [0, 1].map((index) => {
    const side = random(8, 24);
    const box = { left: random(0, 31 - side) + 32 * index, top: random(0, SIZE - side), width: side, height: side, index };
    for (let y = box.top; y < box.top + side; y++) data.fill(1 - index, (image * SIZE + y) * SIZE + box.left, (image * SIZE + y) * SIZE + box.left + side);
    return box;
  }));
  return { x: tensor(data, [count, 1, SIZE, SIZE]), boxes };
}

describe('learning', () => {
  const options = { classes: 2, size: SIZE, strides: GRID.strides };
  const trainer = new Trainer(openTrain('simd'), tinyYolo({ ...options, decoded: false }), { loss: yoloLosses(), optimizer: adamw({ lr: 4e-3 }), seed: 1 });
  const losses: (readonly number[])[] = [];
  for (let step = 0; step < 60; step++) {
    const { x, boxes } = squares(4, step);
    losses.push(trainer.step({ x, y: yoloTargets(boxes, { ...GRID, classes: 2 }) }).losses);
  }
  const mean = (from: number, loss: number): number => losses.slice(from, from + 10).reduce((sum, all) => sum + all[loss]! / 10, 0);

  it.each([['boxes', 0, 0.7], ['objectness', 1, 0.5], ['classes', 2, 0.3]] as const)('makes the loss of %s small', (_, loss, part) => {
    expect(mean(50, loss)).toBeLessThan(part * mean(0, loss));
  });

  it('learns from images without objects, too', () => {
    const { x } = squares(2, 0);
    const report = trainer.step({ x, y: yoloTargets([[], []], { ...GRID, classes: 2 }) });
    expect(report.losses[0]).toBe(0);
    expect(report.losses[2]).toBe(0);
    expect(report.losses[1]).toBeGreaterThan(0);
  });

  it('decodes what the losses judge', async () => {
    const { x } = squares(1, 77);
    const tensors = (stored: ReturnType<Trainer['weights']>) => Object.fromEntries(stored.map(({ name, shape, bytes }) => [name, tensor(new Float32Array(bytes.slice().buffer), shape)]));
    const [learned, constants] = [tensors(trainer.weights()), tensors(yoloConstants(GRID))];
    const raw = await openModel(tinyYolo({ ...options, decoded: false }), { weights: learned });
    const decoded = await openModel(tinyYolo(options), { weights: { ...learned, ...constants } });
    const of = (await raw.run({ input: x })) as Record<'boxes' | 'objectness' | 'classes', Tensor>;
    const { output } = (await decoded.run({ input: x })) as Record<'output', Tensor>;
    const cells = 80;
    const logistic = (value: number): number => 1 / (1 + Math.exp(-value));
    const off: string[] = [];
    for (let at = 0; at < cells; at++) {
      for (let k = 0; k < 6; k++) {
        const expected = k < 4
          ? of.boxes.data[k * cells + at]! * constants['decode.stride.operand']!.data[at]! + constants['decode.cell.operand']!.data[k * cells + at]!
          : logistic(of.objectness.data[at]!) * logistic(of.classes.data[(k - 4) * cells + at]!);
        const got = output.data[k * cells + at]!;
        if (!(Math.abs(got - expected) <= 1e-4 * (1 + Math.abs(expected)))) off.push(`${k}, ${at}: ${got}, expected ${expected}`);
      }
    }
    expect(off).toEqual([]);
    raw.dispose();
    decoded.dispose();
  });
});
