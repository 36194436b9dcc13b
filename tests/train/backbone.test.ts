/** A frozen part computed once: what is learned from its features is what is learned from the whole. */
import { describe, expect, it } from 'vitest';
import { AbortedError, ArgumentError, UnsupportedError, WeightsError } from '../../ts/base/errors.js';
import { add, batchNorm2d, conv2d, flatten, graph, input, linear, maxPool2d, relu } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import type { StoredTensor } from '../../ts/formats/stored.js';
import { backboneOf } from '../../ts/train/backbone.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import type { Dataset, DatasetStream } from '../../ts/train/data/dataset.js';
import { foldFrozen } from '../../ts/train/fold.js';
import { crossEntropy } from '../../ts/train/losses.js';
import { sgd } from '../../ts/train/optimizers.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { Trainer } from '../../ts/train/trainer.js';
import type { Graph } from '../../ts/graph/graph.js';
import { openModel, openTrain } from '../support/train.js';

const net = () => toGraph(stack([conv2d(1, 4, 3, { padding: 1, bias: false }), batchNorm2d(4), relu(), maxPool2d(2), flatten(), linear(4 * 9, 8), relu(), linear(8, 3)], { input: [null, 1, 6, 6] }));
const COUNT = 10;
const data = fromArrays({ x: new Float32Array(COUNT * 36).map((_, i) => Math.sin(i * 12.9898)), y: Array.from({ length: COUNT }, (_, i) => i % 3), shape: [1, 6, 6], classes: ['a', 'b', 'c'] });
const trainable = (name: string): boolean => /^[57]\./.test(name);

const trainer = (of: Graph, options: Partial<TrainerOptions> = {}): Trainer => new Trainer(openTrain('simd'), of, { loss: crossEntropy(), optimizer: sgd({ lr: 0.1 }), seed: 4, ...options });

/** Weights whose BatchNorm has seen something. */
function weights(): StoredTensor[] {
  const of = trainer(net());
  for (let i = 0; i < 3; i++) of.step(data.get([0, 1, 2, 3, 4]));
  return of.weights();
}

const numbers = (stored: readonly StoredTensor[]): [string, number[]][] => stored.map(({ name, bytes }) => [name, [...new Float32Array(bytes.slice().buffer)]]);

describe('a network that is split', () => {
  it('learns from features what it learns as a whole', async () => {
    const given = weights();
    const [whole, split] = [trainer(net(), { weights: given, trainable }), await backboneOf(net(), { weights: given, trainable }, openModel)];
    const features = await split.features(data, { batchSize: 4 });
    expect(features).toMatchObject({ length: COUNT, classes: ['a', 'b', 'c'] });
    expect((await features.get([0, 9])).x.shape).toEqual([2, 36]);
    const head = trainer(split.head, { weights: split.headWeights });
    for (let i = 0; i < 4; i++) {
      const at = [0, 2, 4, 6, 8].map((k) => (k + i) % COUNT);
      expect(head.step(await features.get(at)).loss).toBeCloseTo(whole.step(data.get(at)).loss, 4);
    }
    const [joined, expected] = [numbers(split.join(head.weights())), new Map(numbers(whole.weights()))];
    expect(joined.map(([name]) => name).sort()).toEqual([...expected.keys()].sort());
    for (const [name, values] of joined) values.forEach((value, i) => expect(value).toBeCloseTo(expected.get(name)![i]!, 4));
    await split.dispose();
  });

  it('lets the head begin anew where it has no weights', async () => {
    const split = await backboneOf(net(), { weights: weights().filter(({ name }) => !trainable(name)), trainable }, openModel);
    expect(split.headWeights).toEqual([]);
    expect(trainer(split.head).weights().map(({ name }) => name)).toEqual(['5.weight', '5.bias', '7.weight', '7.bias']);
  });

  it('stops at a signal', async () => {
    const split = await backboneOf(net(), { weights: weights(), trainable }, openModel);
    await expect(split.features(data, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  });

  it.each(['by index', 'in a stream'])('a signal ends the wait for a source that stalls, %s', async (kind) => {
    const split = await backboneOf(net(), { weights: weights(), trainable }, openModel);
    const controller = new AbortController();
    let waits = 0;
    const stall = (): Promise<never> => {
      waits++;
      queueMicrotask(() => controller.abort(new Error('enough')));
      return new Promise<never>(() => undefined);
    };
    let given = 0;
    const byIndex: Dataset = { length: COUNT, get: (indices) => (given++ === 0 ? data.get(indices) : stall()) };
    const stream: DatasetStream = {
      length: undefined,
      async *batches() {
        yield data.get([0, 1, 2]);
        await stall();
      },
    };
    await expect(split.features(kind === 'by index' ? byIndex : stream, { batchSize: 3, signal: controller.signal })).rejects.toThrow(AbortedError);
    expect(waits).toBe(1);
    await split.dispose();
  });
});

describe('what is frozen in a trainer', () => {
  it('has its BatchNorm folded, and gives what it gave', () => {
    const given = weights();
    const { graph: folded, folds } = foldFrozen(net(), new Set(['5.weight', '5.bias']));
    expect(folded.nodes.map(({ name }) => name)).toEqual(['0', '2', '3', '4', '5', '6', '7']);
    expect(folds).toHaveLength(1);
    const batch = data.get([0, 1, 2, 3]);
    const [all, head] = [trainer(net(), { weights: given }), trainer(net(), { weights: given, trainable })];
    const [{ output }, expected] = [head.evaluate(batch), all.evaluate(batch).output];
    output.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 4));
  });

  it('keeps its parameters, and is saved as it was', () => {
    const given = weights();
    const of = trainer(net(), { weights: given, trainable });
    of.step(data.get([0, 1, 2]));
    const before = new Map(numbers(given));
    for (const [name, values] of numbers(of.weights())) if (!trainable(name)) expect(values).toEqual(before.get(name));
    const resumed = trainer(net(), { trainable, resume: of.save() });
    for (const one of [of, resumed]) one.step(data.get([3, 4, 5]));
    expect(resumed.save()).toEqual(of.save());
    expect(Buffer.from(of.save()).includes('folded')).toBe(false);
  });

  it('is not folded where its BatchNorm learns, or something else reads what is before it', () => {
    expect(foldFrozen(net(), new Set(['1.weight', '5.weight'])).folds).toEqual([]);
    expect(foldFrozen(net(), new Set(['0.weight'])).folds).toEqual([]);
    const x = input([null, 1, 3, 3]);
    const h = conv2d(1, 2, 1, { name: 'a' })(x);
    const two = graph({ x }, { y: conv2d(2, 1, 1, { name: 'c' })(add(batchNorm2d(2, { name: 'n' })(h), h)) });
    expect(foldFrozen(two, new Set(['c.weight'])).folds).toEqual([]);
  });
});

describe('what cannot be split', () => {
  it.each([
    ['nothing learns', { weights: weights(), trainable: () => false }, ArgumentError, /splitBackbone: trainable: expected at least one parameter that learns/],
    ['nothing is frozen', { weights: weights(), trainable: () => true }, UnsupportedError, /^trainable: expected one value .* got the input$/],
    ['weights are missing', { weights: weights().slice(1), trainable }, WeightsError, /^weights: 0.weight: expected a tensor of this name, which is frozen, got none$/],
    ['no function', { weights: weights(), trainable: '5' as never }, ArgumentError, /splitBackbone: trainable: expected a function/],
  ] as const)('%s', async (_, options, type, message) => {
    const call = backboneOf(net(), options, openModel);
    await expect(call).rejects.toThrow(type);
    await expect(call).rejects.toThrow(message);
  });

  it('two values go over', async () => {
    const x = input([null, 1, 3, 3]);
    const [a, b] = [conv2d(1, 1, 1, { name: 'a' })(x), conv2d(1, 1, 1, { name: 'b' })(x)];
    const two = graph({ x }, { y: add(conv2d(1, 1, 1, { name: 'c' })(a), b) });
    const of = trainer(two, { loss: crossEntropy() });
    await expect(backboneOf(two, { weights: of.weights(), trainable: (name) => name.startsWith('c.') }, openModel)).rejects.toThrow(/got 2$/);
  });
});
