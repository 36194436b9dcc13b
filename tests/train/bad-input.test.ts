/** What a trainer refuses, at once and with nothing half updated: parameters, statistics and counters are as before. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, DtypeError, EngineError, FormatError, ReceptiveError, ShapeError, WeightsError } from '../../ts/base/errors.js';
import { batchNorm2d, conv2d, flatten, linear, relu } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import { readIdx } from '../../ts/train/data/idx.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import { crossEntropy, mse } from '../../ts/train/losses.js';
import { adamw, rmsprop, sgd } from '../../ts/train/optimizers.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { Trainer } from '../../ts/train/trainer.js';
import { openTrain } from '../support/train.js';

const net = (features = 3) => toGraph(stack([conv2d(1, 2, 3), batchNorm2d(2), relu(), flatten(), linear(8, features)], { input: [null, 1, 4, 4] }));
const trainer = (options: Partial<TrainerOptions> = {}, graph = net()): Trainer =>
  new Trainer(openTrain('simd'), graph, { loss: crossEntropy(), optimizer: adamw({ lr: 0.1 }), seed: 3, ...options });

const images = (count: number): Tensor => tensor(new Float32Array(count * 16).map((_, i) => Math.sin(i * 2.3)), [count, 1, 4, 4]);
const y = [0, 1, 2, 0];
const holding = (value: number): Tensor => tensor(images(4).data.map((one, i) => (i === 37 ? value : one)), [4, 1, 4, 4]);

function errorOf(call: () => unknown): ReceptiveError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ReceptiveError);
    return error as ReceptiveError;
  }
  throw new Error('nothing was refused');
}

describe('a batch', () => {
  const rows = [
    ['that is none', undefined, ArgumentError, /^batch: expected a batch \{ x, y \}, or a data set, got undefined$/],
    ['without images', { y }, ArgumentError, /^x: expected a tensor, got undefined$/],
    ['without labels', { x: images(4) }, ArgumentError, /^y: expected class indices or a tensor, got undefined$/],
    ['without examples', { x: images(0), y: [] }, ShapeError, /^x: expected at least one example, got \[0, 1, 4, 4\]$/],
    ['with a label above', { x: images(4), y: [0, 1, 2, 3] }, ArgumentError, /^y\[3\]: expected a class from 0 to 2, got 3$/],
    ['with a label below', { x: images(4), y: [0, -1, 2, 2] }, ArgumentError, /^y\[1\]: expected a class from 0 to 2, got -1$/],
    ['with a label between', { x: images(4), y: [0, 1.5, 2, 2] }, ArgumentError, /^y\[1\]: expected a class from 0 to 2, got 1.5$/],
    ['with a label that is NaN', { x: images(4), y: [Number.NaN, 1, 2, 2] }, ArgumentError, /^y\[0\]: expected a class from 0 to 2, got NaN$/],
    ['whose labels are all ignored', { x: images(4), y: [-100, -100, -100, -100] }, ArgumentError, /^y: expected a label that counts, got only such as are ignored/],
    ['with fewer labels', { x: images(4), y: [0, 1] }, ShapeError, /^y: expected \[4\], got \[2\]$/],
    ['of another shape', { x: tensor(new Float32Array(4 * 25), [4, 1, 5, 5]), y }, ShapeError, /expected \[\?, 1, 4, 4\], got \[4, 1, 5, 5\]$/],
    ['of another rank', { x: tensor(new Float32Array(64), [4, 16]), y }, ShapeError, /expected \[\?, 1, 4, 4\], got \[4, 16\]$/],
    ['of another type', { x: { ...images(4), dtype: 'uint8' }, y }, DtypeError, /^x: expected float32, got uint8$/],
    ['with NaN', { x: holding(Number.NaN), y }, ArgumentError, /^x: example 2 holds NaN$/],
    ['with an infinity', { x: holding(-Infinity), y }, ArgumentError, /^x: example 2 holds -Infinity$/],
  ] as const;

  it.each(rows)('%s is refused by every call', (_, batch, type, message) => {
    const of = trainer();
    of.step({ x: images(4), y });
    const before = of.save();
    const calls: ((given: never) => unknown)[] = [(given) => of.step(given)];
    if (!message.source.includes('counts')) calls.push((given) => of.evaluate(given), (given) => of.gradients(given));
    for (const call of calls) {
      const error = errorOf(() => call(batch as never));
      expect(error).toBeInstanceOf(type);
      expect(error.message).toMatch(message);
    }
    expect(of.save()).toEqual(before);
  });

  it('of one, of which BatchNorm sees one value a channel, is refused', () => {
    const of = trainer({}, toGraph(stack([conv2d(1, 2, 4), batchNorm2d(2), flatten(), linear(2, 3)], { input: [null, 1, 4, 4] })));
    const before = of.save();
    expect(errorOf(() => of.step({ x: images(1), y: [0] })).message).toMatch(/^1: .*1 value a channel, expected 2 or more/);
    expect(of.save()).toEqual(before);
    expect(of.evaluate({ x: images(1), y: [0] }).output.shape).toEqual([1, 3]);
  });

  it('whose targets are no numbers is refused', () => {
    const of = trainer({ loss: mse() });
    const target = tensor(new Float32Array(12).map((_, i) => (i === 7 ? Number.NaN : i)), [4, 3]);
    expect(errorOf(() => of.step({ x: images(4), y: target })).message).toBe('y: example 2 holds NaN');
  });

  it('that makes the loss overflow changes nothing', () => {
    const of = trainer({ loss: mse() });
    of.step({ x: images(4), y: tensor(new Float32Array(12), [4, 3]) });
    const before = of.weights();
    const error = errorOf(() => of.step({ x: images(4), y: tensor(new Float32Array(12).fill(3e38), [4, 3]) }));
    expect(error).toBeInstanceOf(EngineError);
    expect(error.message).toMatch(/^step 2: .* parameters are as before/);
    expect(of.weights()).toEqual(before);
    expect(of.steps).toBe(1);
  });
});

describe('data', () => {
  it('of a file that ends too early is refused', () => {
    const file = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5]);
    expect(errorOf(() => readIdx(file, 'images'))).toBeInstanceOf(FormatError);
  });

  it('in which a class is missing is refused before the first step', () => {
    const of = trainer();
    const few = fromArrays({ x: images(3), y: [0, 1, 1], classes: ['a', 'b', 'c'] });
    expect(errorOf(() => of.fit(few)).message).toMatch(/none of class 2 \(c\)/);
    expect(of.steps).toBe(0);
  });
});

describe('what is resumed', () => {
  const saved = (() => {
    const of = trainer();
    of.step({ x: images(4), y });
    return of.save();
  })();

  it.each([0, 7, 8, 200, saved.length - 1])('is whole, not %d bytes of a file', (length) => {
    expect(errorOf(() => trainer({ resume: saved.subarray(0, length) }))).toBeInstanceOf(FormatError);
  });

  it.each([
    ['of a network with another head', { graph: net(4) }, WeightsError, /^resume: 4.weight: expected \[4, 8\], got \[3, 8\]; it was saved of another network/],
    ['of a network with fewer layers', { graph: toGraph(stack([conv2d(1, 2, 3), flatten(), linear(8, 3)], { input: [null, 1, 4, 4] })) }, WeightsError, /^resume: expected 2.weight, got none; it was saved of another network/],
    ['of a network with more layers', { graph: toGraph(stack([conv2d(1, 2, 3)], { input: [null, 1, 4, 4] })), loss: mse() }, WeightsError, /^resume: expected parameters of the network, got 1.bias/],
    ['with another optimiser', { optimizer: rmsprop({ lr: 0.1 }) }, ArgumentError, /^resume: expected the state of rmsprop, got that of adam; take the optimiser/],
  ] as const)('is not %s', (_, { graph, ...options }: { graph?: ReturnType<typeof net>; loss?: TrainerOptions['loss']; optimizer?: TrainerOptions['optimizer'] }, type, message) => {
    const error = errorOf(() => trainer({ ...options, resume: saved }, graph));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toMatch(message);
  });

  it('is not with other options of the optimiser, where these keep something else', () => {
    const of = trainer({ optimizer: sgd({ lr: 0.1, momentum: 0.9 }) });
    of.step({ x: images(4), y });
    expect(errorOf(() => trainer({ optimizer: sgd({ lr: 0.1 }), resume: of.save() })).message).toMatch(/^resume: optimizer 0.bias: expected 0 numbers, got 2/);
    expect(() => trainer({ optimizer: sgd({ lr: 0.5, momentum: 0.8 }), resume: of.save() })).not.toThrow();
  });

  it('may have more that learns than before', () => {
    const of = trainer({ trainable: (name) => name.startsWith('4.') });
    of.step({ x: images(4), y });
    const all = trainer({ resume: of.save() });
    expect(() => all.step({ x: images(4), y })).not.toThrow();
  });

  it('may give its weights alone to another trainer', () => {
    const of = trainer({ weights: saved, optimizer: sgd({ lr: 0.1 }) });
    expect(of.steps).toBe(0);
    expect(of.weights()).toEqual(trainer({ resume: saved }).weights());
  });
});

describe('options', () => {
  it.each([
    ['a seed below 0', { seed: -1 }, /seed: expected a whole number from 0 on, below 2\^64, got -1$/],
    ['half a seed', { seed: 0.5 }, /seed: expected a whole number .* got 0.5$/],
    ['a seed that is a text', { seed: '7' as never }, /seed: expected a whole number .* got "7"$/],
    ['a seed that is too large', { seed: 1n << 64n }, /seed: expected a whole number .* got 18446744073709551616$/],
    ['a limit below 0', { clip: -1 }, /clip: expected a number from 0 on, got -1$/],
    ['no function', { trainable: 'all' as never }, /trainable: expected a function/],
    ['weights that are none', { weights: 5 as never }, /^weights: expected tensors by name, or the bytes of a safetensors file, got number$/],
    ['an option that is none', { learningRate: 1 } as never, /there is no option learningRate/],
  ] as const)('%s', (_, options, message) => {
    const error = errorOf(() => trainer(options));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(message);
  });

  it('none at all', () => {
    expect(errorOf(() => new Trainer(openTrain('simd'), net(), undefined as never)).message).toBe('createTrainer: options: expected loss and optimizer, got undefined');
  });
});
