/** Batches that a network cannot learn from, and where a fit that fails says it was. */
import { describe, expect, it, vi } from 'vitest';
import { ArgumentError, ShapeError } from '../../ts/base/errors.js';
import { batchNorm2d, conv2d, flatten, globalAvgPool2d, linear } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import type { Dataset } from '../../ts/train/data/dataset.js';
import { fitOn } from '../../ts/train/fit.js';
import type { FitOptions } from '../../ts/train/fit.js';
import { Trainer } from '../../ts/train/trainer.js';
import { openTrain } from '../support/train.js';
import { pictures, OPTIONS, trainer, bytesOf, all } from './fitting.js';

describe('a last batch of one example', () => {
  /** A batch normalisation over one pixel. */
  const pixel = () => toGraph(stack([conv2d(1, 4, 3), globalAvgPool2d(), batchNorm2d(4), flatten(), linear(4, 3)], { input: [null, 1, 6, 6] }));
  /** Already of the size that the network takes, or cropped to it. */
  const small = (count: number) => fromArrays({ x: new Float32Array(count * 36).map((_, i) => Math.sin(i)), y: Array.from({ length: count }, (_, i) => i % 3), shape: [1, 6, 6] });
  const of = (): Trainer => new Trainer(openTrain('simd'), pixel(), OPTIONS);

  it.each<[string, Dataset, FitOptions]>([
    ['as it is', small(7), {}],
    ['cropped', pictures(7), { augment: { crop: { size: 6 }, mixup: 0.2 } }],
  ])('that cannot be learned from is refused before the first step, %s', async (_, data, more) => {
    const learning = of();
    const fit = all(learning.fit(data, { batchSize: 3, epochs: 2, ...more }));
    await expect(fit).rejects.toThrow(ArgumentError);
    await expect(fit).rejects.toThrow(/^fit: batchSize: expected a size whose last batch the network learns from, got 3, which leaves 1 example of 7; .*; give dropLast: true, or another batchSize$/);
    expect(learning.steps).toBe(0);
  });

  it('is left out by dropLast, and no other size is refused', async () => {
    const dropped = of();
    await all(dropped.fit(small(7), { batchSize: 3, dropLast: true }));
    expect(dropped.steps).toBe(2);
    const two = of();
    await all(two.fit(small(7), { batchSize: 5 }));
    expect(two.steps).toBe(2);
  });

  it('of examples that do not fit at all says that', async () => {
    await expect(all(of().fit(pictures(7), { batchSize: 3 }))).rejects.toThrow(/^epoch 1, batch 1: input: expected \[\?, 1, 6, 6\], got \[3, 1, 8, 8\]$/);
  });

  it('is learned from where the network can', async () => {
    const [learning, untried] = [trainer(), trainer()];
    const tried = vi.spyOn(learning, 'gradients');
    await all(learning.fit(pictures(7), { batchSize: 3, epochs: 2 }));
    expect(tried).toHaveBeenCalledTimes(1);
    // To try it, once, has changed nothing.
    const { random, position } = untried;
    await all(fitOn({ random, position, step: untried.learn.bind(untried), judge: untried.judge.bind(untried) }, pictures(7), { batchSize: 3, epochs: 2 }));
    expect(bytesOf(learning)).toEqual(bytesOf(untried));
  });
});

describe('where it went wrong', () => {
  /** The label of one example is no class. */
  const bad = (at: number): Dataset => {
    const data = pictures(6);
    return { length: 6, get: (indices) => ({ x: data.get(indices).x, y: Array.from(indices, (i) => (i === at ? 9 : i % 3)) }) };
  };

  it('a label is told with its epoch and batch', async () => {
    const of = trainer();
    const fit = all(of.fit(bad(3), { batchSize: 2, shuffle: false }));
    await expect(fit).rejects.toMatchObject({ code: 'argument', place: 'epoch 1, batch 2: y[1]', message: 'epoch 1, batch 2: y[1]: expected a class from 0 to 2, got 9' });
    await expect(fit).rejects.toThrow(ArgumentError);
    expect(of.steps).toBe(1);
  });

  it('and what is judged with its batch', async () => {
    await expect(all(trainer().fit(pictures(6), { batchSize: 3, validation: bad(5) }))).rejects.toThrow('epoch 1, validation, batch 1: y[5]: expected a class from 0 to 2, got 9');
    await expect(trainer().evaluate(bad(5), { batchSize: 4 })).rejects.toThrow(/^batch 2: y\[1\]: expected a class from 0 to 2, got 9$/);
  });

  it('mixed examples need a loss that takes probabilities, which is named', async () => {
    const fit = all(trainer().fit(pictures(6), { batchSize: 3, augment: { mixup: 0.2 } }));
    await expect(fit).rejects.toThrow(ShapeError);
    await expect(fit).rejects.toThrow(/^epoch 1, batch 1: y: expected \[3\], got \[3, 3\]; mixup makes probabilities of classes, which the loss softCrossEntropy takes$/);
  });

  it.each([
    ['no length', { get: () => pictures(3).get([0]) }, /^fit: dataset: length: expected the number of examples, got undefined$/],
    ['no function', { length: 3, get: 5 }, /^fit: dataset: get: expected a function of indices, got 5$/],
  ])('a data set with %s is refused at once', (_, data, message) => {
    const of = trainer();
    expect(() => of.fit(data as never)).toThrow(ArgumentError);
    expect(() => of.fit(data as never)).toThrow(message);
  });
});
