/** Targets that carry weights: what counts, what does not, and what is refused. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../ts/base/errors.js';
import { conv2d, graph, input } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import { bceWithLogits, boxIou, crossEntropy } from '../../ts/train/losses.js';
import type { Loss } from '../../ts/train/loss.js';
import type { BoxIouOptions } from '../../ts/train/losses.js';
import { sgd } from '../../ts/train/optimizers.js';
import { Trainer } from '../../ts/train/trainer.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { openTrain } from '../support/train.js';

const trainer = (loss: Loss, channels: number): Trainer =>
  new Trainer(openTrain('simd'), toGraph(stack([conv2d(2, channels, 1)], { input: [null, 2, 2, 3] })), { loss, optimizer: sgd({ lr: 0.1 }), seed: 4 });

const wave = (length: number, shape: readonly number[], scale = 1): Tensor => tensor(Float32Array.from({ length }, (_, i) => scale * Math.sin(1 + 2.7 * i)), shape);
const x = wave(24, [2, 2, 2, 3]);

describe('a cross-entropy', () => {
  const classes = [0, 1, 2, 2, 1, 0, 0, 0, 1, 1, 2, 2];
  const target = (weights: readonly number[]): Tensor => {
    const rows = [0, 1].flatMap((image) => [...classes.slice(6 * image, 6 * image + 6), ...weights.slice(6 * image, 6 * image + 6)]);
    return tensor(Float32Array.from(rows), [2, 2, 2, 3]);
  };
  const weighted = trainer(crossEntropy({ weighted: true }), 3);

  it('with weights of 1 is the plain one', () => {
    const plain = trainer(crossEntropy(), 3).evaluate({ x, y: tensor(Float32Array.from(classes), [2, 2, 3]) });
    const { loss, accuracy } = weighted.evaluate({ x, y: target(classes.map(() => 1)) });
    expect(loss).toBeCloseTo(plain.loss, 6);
    expect(accuracy).toBe(plain.accuracy);
  });

  it('leaves out what has no weight, as what is ignored', () => {
    const off = classes.map((_, i) => i % 3);
    const ignoring = trainer(crossEntropy(), 3).evaluate({ x, y: tensor(Float32Array.from(classes, (one, i) => (off[i] === 0 ? -100 : one)), [2, 2, 3]) });
    const { accuracy } = weighted.evaluate({ x, y: target(off) });
    expect(accuracy).toBe(ignoring.accuracy);
    const same = weighted.evaluate({ x, y: target(off.map((weight) => Number(weight > 0))) });
    expect(same.loss).toBeCloseTo(ignoring.loss, 6);
  });

  it('learns nothing where nothing has a weight', () => {
    const { loss, gradNorm } = weighted.step({ x, y: target(classes.map(() => 0)) });
    expect([loss, gradNorm]).toEqual([0, 0]);
  });

  it('is divided by a number that is given', () => {
    const ones = classes.map(() => 1);
    const mean = trainer(crossEntropy({ weighted: true }), 3).evaluate({ x, y: target(ones) }).loss;
    expect(trainer(crossEntropy({ weighted: true, divisor: 3 }), 3).evaluate({ x, y: target(ones) }).loss).toBeCloseTo(mean * 4, 5);
  });

  it('refuses weights below 0, NaN, classes that there are not and targets without weights', () => {
    const ones = classes.map(() => 1);
    expect(() => weighted.step({ x, y: target([...ones.slice(1), -1]) })).toThrow('y: expected weights from 0 on, got -1 for element 11');
    expect(() => weighted.step({ x, y: target([...ones.slice(1), Number.NaN]) })).toThrow('y: expected finite numbers, got NaN in example 1');
    expect(() => weighted.step({ x, y: tensor(target(ones).data.map((one) => one + 1), [2, 2, 2, 3]) })).toThrow('expected a class from 0 to 2, got 3');
    expect(() => weighted.step({ x, y: tensor(Float32Array.from(classes), [2, 2, 3]) })).toThrow(ShapeError);
  });
});

describe('a loss of boxes', () => {
  const net = (dim: 1 | -1, channels = 4): Trainer => {
    const image = input([null, 2, 2, 4]);
    const y = conv2d(2, dim === 1 ? channels : 2, 1)(image);
    return new Trainer(openTrain('simd'), graph({ x: image }, { y }), { loss: boxIou({ kind: 'giou', form: 'ltrb', dim }), optimizer: sgd({ lr: 0.1 }), seed: 4 });
  };
  const images = wave(32, [2, 2, 2, 4]);

  it('takes boxes along the channels or last', () => {
    const ones = (shape: readonly number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);
    const along = net(1).step({ x: images, y: ones([2, 5, 2, 4]) });
    const last = net(-1).step({ x: images, y: ones([2, 2, 2, 5]) });
    expect([along.loss, along.gradNorm, last.loss, last.gradNorm].every((number) => Number.isFinite(number) && number > 0)).toBe(true);
  });

  it('is 0 where no box counts', () => {
    expect(net(1).step({ x: images, y: tensor(new Float32Array(80), [2, 5, 2, 4]) })).toMatchObject({ loss: 0, gradNorm: 0 });
  });

  it('judges boxes only, and takes their weights', () => {
    expect(() => net(1, 3).step({ x: images, y: wave(80, [2, 5, 2, 4]) })).toThrow('y: expected boxes [N, 4, ...] for boxIou, got [2, 3, 2, 4]');
    expect(() => net(1).step({ x: images, y: wave(64, [2, 4, 2, 4]) })).toThrow('y: expected [2, 5, 2, 4], got [2, 4, 2, 4]');
    expect(() => net(1).step({ x: images, y: wave(80, [2, 5, 2, 4]) })).toThrow('y: expected weights from 0 on');
  });
});

describe('an option without meaning is refused:', () => {
  it.each<[string, () => Loss]>([
    ['boxIou: kind: expected one of iou, giou, diou, ciou, got "iuo"', () => boxIou({ kind: 'iuo' } as unknown as BoxIouOptions)],
    ['boxIou: form: expected one of xyxy, ltrb, cxcywh, got "xywh"', () => boxIou({ form: 'xywh' } as unknown as BoxIouOptions)],
    ['boxIou: dim: expected one of 1, -1, got 2', () => boxIou({ dim: 2 } as unknown as BoxIouOptions)],
    ['boxIou: divisor: expected a number above 0, got 0', () => boxIou({ divisor: 0 })],
    ['bceWithLogits: divisor: expected a number above 0, got NaN', () => bceWithLogits({ divisor: Number.NaN })],
    ['bceWithLogits: weighted: expected true or false, got 1', () => bceWithLogits({ weighted: 1 } as never)],
    ['crossEntropy: divisor: expected a number above 0, got -1', () => crossEntropy({ divisor: -1 })],
    ['boxIou: expected an option it has, got weighted', () => boxIou({ weighted: true } as never)],
  ])('%s', (message, make) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });
});
