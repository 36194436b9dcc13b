/** Judging batches and data sets: loss, accuracy and confusion against the same by hand. */
import { describe, expect, it } from 'vitest';
import { AbortedError, ArgumentError } from '../../ts/base/errors.js';
import { conv2d, flatten, linear } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import type { Target } from '../../ts/train/batch.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import { crossEntropy, mse } from '../../ts/train/losses.js';
import type { Loss } from '../../ts/train/loss.js';
import { sgd } from '../../ts/train/optimizers.js';
import { Trainer } from '../../ts/train/trainer.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { openTrain } from '../support/train.js';

const CLASSES = 3;
const COUNT = 11;
const x = new Float32Array(COUNT * 4).map((_, i) => Math.sin(i * 78.233));
const y = Array.from({ length: COUNT }, (_, i) => (i * i) % CLASSES);
const data = fromArrays({ x, y, shape: [1, 2, 2], classes: ['a', 'b', 'c'] });
const graph = () => toGraph(stack([flatten(), linear(4, CLASSES)], { input: [null, 1, 2, 2] }));
const trainer = (loss: Loss | readonly Loss[] = crossEntropy()): Trainer => new Trainer(openTrain('simd'), graph(), { loss, optimizer: sgd({ lr: 0.1 }), seed: 2 });

/** Logits of all examples, from one evaluation of one batch. */
const logits = (of: Trainer, target: Target = y.map(() => 0)): Float32Array => of.evaluate({ x: tensor(x, [COUNT, 1, 2, 2]), y: target }).output.data;
const row = (of: Float32Array, i: number): number[] => [...of.subarray(i * CLASSES, (i + 1) * CLASSES)];
const entropyOf = (scores: number[], label: number): number => Math.log(scores.reduce((sum, score) => sum + Math.exp(score - scores[label]!), 0));

describe('a data set', () => {
  it('is judged as its examples are, whatever the batch', async () => {
    const of = trainer();
    const scores = logits(of);
    const losses = y.map((label, i) => entropyOf(row(scores, i), label));
    const answers = y.map((_, i) => row(scores, i).indexOf(Math.max(...row(scores, i))));
    const counts = new Uint32Array(9);
    y.forEach((label, i) => counts[label * 3 + answers[i]!]!++);
    for (const batchSize of [1, 4, 256]) {
      const { loss, accuracy, confusion, examples } = await of.evaluate(data, { batchSize });
      expect(loss).toBeCloseTo(losses.reduce((sum, value) => sum + value, 0) / COUNT, 5);
      expect(accuracy).toBe(y.filter((label, i) => label === answers[i]).length / COUNT);
      expect(confusion).toEqual({ classes: ['a', 'b', 'c'], counts, size: 3 });
      expect(examples).toBe(COUNT);
    }
  });

  it('has the mean over the weights of its classes', async () => {
    const weights = [1, 4, 0.5];
    const of = trainer(crossEntropy({ classWeights: weights }));
    const scores = logits(of);
    const sum = y.reduce((total, label, i) => total + weights[label]! * entropyOf(row(scores, i), label), 0);
    const expected = sum / y.reduce((total, label) => total + weights[label]!, 0);
    expect((await of.evaluate(data, { batchSize: 3 })).loss).toBeCloseTo(expected, 5);
  });

  it('of numbers has a loss alone', async () => {
    const of = trainer(mse());
    const numbers = fromArrays({ x, y: tensor(new Float32Array(COUNT * CLASSES), [COUNT, CLASSES]), shape: [1, 2, 2] });
    const { loss, accuracy, confusion } = await of.evaluate(numbers, { batchSize: 4 });
    expect(loss).toBeCloseTo(logits(of, tensor(new Float32Array(COUNT * CLASSES), [COUNT, CLASSES])).reduce((sum, value) => sum + value * value, 0) / (COUNT * CLASSES), 5);
    expect([accuracy, confusion]).toEqual([undefined, undefined]);
  });

  it('is refused where it is empty, and left at a signal', async () => {
    const of = trainer();
    await expect(of.evaluate({ length: 0, get: () => data.get([]) })).rejects.toThrow(ArgumentError);
    await expect(of.evaluate(data, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
    await expect(of.evaluate(data, { batch: 3 } as never)).rejects.toThrow(/did you mean batchSize\?/);
  });
});

describe('a batch', () => {
  it('has a confusion as well', () => {
    const { confusion, accuracy } = trainer().evaluate(data.get([0, 1, 2]));
    expect(confusion).toMatchObject({ size: 3, classes: undefined });
    expect(confusion!.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect([0, 4, 8].reduce((sum, at) => sum + confusion!.counts[at]!, 0) / 3).toBe(accuracy);
  });

  it.each([-100, 1, 255])('does not count what is ignored, though it were a class: %d', (ignoreIndex) => {
    const of = trainer(crossEntropy({ ignoreIndex }));
    const scores = logits(of);
    const answer = (i: number): number => row(scores, i).indexOf(Math.max(...row(scores, i)));
    const labels = [answer(0), ignoreIndex, (answer(2) + 1) % 3, ignoreIndex].map((label, i) => (i % 2 === 0 && label === ignoreIndex ? 0 : label));
    const right = [0, 2].filter((i) => labels[i] === answer(i)).length;
    const batch = { x: tensor(x.slice(0, 16), [4, 1, 2, 2]), y: labels };
    const { accuracy, confusion, loss } = of.evaluate(batch);
    expect(accuracy).toBe(right / 2);
    expect(confusion!.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(loss).toBeCloseTo((entropyOf(row(scores, 0), labels[0]!) + entropyOf(row(scores, 2), labels[2]!)) / 2, 5);
    expect(of.step(batch).accuracy).toBe(right / 2);
  });
});

describe('classes of pixels', () => {
  it('have an accuracy over the pixels that count', async () => {
    const net = toGraph(stack([conv2d(1, CLASSES, 1)], { input: [null, 1, 2, 2] }));
    const of = new Trainer(openTrain('simd'), net, { loss: crossEntropy(), optimizer: sgd({ lr: 0.1 }) });
    const labels = Int32Array.from({ length: COUNT * 4 }, (_, i) => (i % 5 === 4 ? -100 : i % CLASSES));
    const pixels = fromArrays({ x, y: { dtype: 'int32', shape: [COUNT, 2, 2], data: labels }, shape: [1, 2, 2] });
    const { output } = of.evaluate(pixels.get(Array.from({ length: COUNT }, (_, i) => i)));
    const answer = (at: number): number => {
      const [image, pixel] = [Math.floor(at / 4), at % 4];
      const scores = [0, 1, 2].map((channel) => output.data[image * 12 + channel * 4 + pixel]!);
      return scores.indexOf(Math.max(...scores));
    };
    const counted = [...labels.keys()].filter((at) => labels[at]! >= 0);
    const { accuracy, confusion } = await of.evaluate(pixels, { batchSize: 4 });
    expect(accuracy).toBeCloseTo(counted.filter((at) => answer(at) === labels[at]).length / counted.length, 12);
    expect(confusion).toBeUndefined();
  });
});
