import { expect, test } from 'vitest';
import { tensor } from '../../../ts/tensor/tensor.js';
import { epoch } from '../../../ts/train/data/batches.js';
import { seededRandom } from '../../../ts/train/data/random.js';
import { fromStream } from '../../../ts/train/data/stream.js';
import type { StreamExample } from '../../../ts/train/data/stream.js';
import { all, caught, numbers } from './support.js';

async function* later(examples: readonly StreamExample[]): AsyncGenerator<StreamExample> {
  for (const example of examples) yield await Promise.resolve(example);
}

const counted = (n: number): StreamExample[] => numbers(n).map((i) => ({ x: [[[i]]], y: i % 3 }));

test('batches come as the examples do, the last one smaller', async () => {
  const data = fromStream(() => later(counted(5)));
  expect(data.length).toBeUndefined();
  const batches = await all(epoch(data, { batchSize: 2 }));
  expect(batches.map(({ x }) => x.shape)).toEqual([[2, 1, 1, 1], [2, 1, 1, 1], [1, 1, 1, 1]]);
  expect(batches.flatMap(({ x }) => [...x.data])).toEqual(numbers(5));
  expect(batches.flatMap(({ y }) => [...y.data])).toEqual([0, 1, 2, 0, 1]);
  expect((await all(epoch(data, { batchSize: 2, from: 1, dropLast: true }))).map(({ x }) => [...x.data])).toEqual([[2, 3]]);
});

test('a stream is shuffled by seed and round, as far as the buffer reaches', async () => {
  const read = async (seed: number, round: number, buffer?: number): Promise<number[]> => {
    const batches = await all(epoch(fromStream(() => later(counted(3000)), { buffer }), { batchSize: 64, random: seededRandom(seed), round }));
    return batches.flatMap(({ x }) => [...x.data]);
  };
  const order = await read(1, 0);
  expect([...order].sort((a, b) => a - b)).toEqual(numbers(3000));
  expect(order).not.toEqual(numbers(3000));
  expect(await read(1, 0)).toEqual(order);
  expect(await read(1, 1)).not.toEqual(order);
  expect(await read(2, 0)).not.toEqual(order);
  expect(await read(1, 0, 1)).toEqual(numbers(3000));
  // An example cannot come before it is in the buffer.
  order.forEach((value, at) => expect(value).toBeLessThan(at + 257));
});

test('forms of examples', async () => {
  const classes = ['ant', 'bee'];
  const forms = [{ x: Uint8Array.of(0, 255), y: 'bee' }, { x: tensor([0, 1], [1, 1, 2]), y: 1 }, { x: [[[0, 1]]], y: 1 }, { x: Float64Array.of(0, 1), y: 1 }];
  const [batch] = await all(fromStream(forms, { shape: [1, 1, 2], classes }).batches(9));
  expect(batch).toEqual({ x: tensor([0, 1, 0, 1, 0, 1, 0, 1], [4, 1, 1, 2]), y: tensor([1, 1, 1, 1], [4], 'int32') });
  const values = [{ x: [1, 2], y: Float32Array.of(3, 4) }, { x: [5, 6], y: tensor([7, 8]) }];
  expect(await all(fromStream(values).batches(2))).toEqual([{ x: tensor([1, 2, 5, 6], [2, 2]), y: tensor([3, 4, 7, 8], [2, 2]) }]);
  expect(fromStream(values, { normalize: { mean: [1, 2], std: 2 } }).zero).toEqual([-0.5, -1]);
});

test.each<[string, string, readonly unknown[], object]>([
  ['example 1: x: expected float32 [2], as of the others, got float32 [3]', 'shape', [{ x: [1, 2], y: 0 }, { x: [1, 2, 3], y: 0 }], {}],
  ['example 1: y: expected int32 [], as of the others, got float32 [1]', 'shape', [{ x: [1], y: 0 }, { x: [1], y: Float32Array.of(1) }], {}],
  ['example 1: x[0]: expected finite numbers, got NaN; element 1 of the example', 'argument', [{ x: [1, 2], y: 0 }, { x: [1, NaN], y: 0 }], {}],
  ['example 0: y[0]: expected a class from 0 to 1 (a, b), got 2', 'argument', [{ x: [1], y: 2 }], { classes: ['a', 'b'] }],
  ['example 0: y[0]: expected one of a, b, got c', 'argument', [{ x: [1], y: 'c' }], { classes: ['a', 'b'] }],
  ['example 0: y: expected a class index, as no classes are named, got c; give the option classes', 'argument', [{ x: [1], y: 'c' }], {}],
  ['example 0: expected an example { x, y }, got number', 'argument', [7], {}],
  ['example 0: x: expected 1 elements of [1, 1], got 2', 'shape', [{ x: Float32Array.of(1, 2), y: 0 }], { shape: [1] }],
  ['example 0: x: expected float32 [1], as of the others, got float32 [2]', 'shape', [{ x: [1, 2], y: 0 }], { shape: [1] }],
  ['example 0: shape: expected the shape of one example, [C, H, W], got none; the data alone does not tell it', 'shape', [{ x: Float32Array.of(1, 2), y: 0 }], {}],
  ['the stream (for several epochs give a function that begins it anew): expected at least one example, got none; the data is empty', 'argument', [], {}],
])('refused: %s', async (message, code, examples, options) => {
  expect(await caught(() => all(fromStream(examples as StreamExample[], options).batches(4)))).toMatchObject({ message, code });
});

test('an iterator that has ended says so in the second epoch', async () => {
  const data = fromStream(later(counted(3)));
  expect(await all(epoch(data, { batchSize: 2 }))).toHaveLength(2);
  expect((await caught(() => all(epoch(data, { batchSize: 2 })))).message).toContain('give a function that begins it anew');
});

test.each([{ buffer: 0 }, { buffer: NaN }, { bufer: 1 }, { classes: [1] }])('options %j', async (options) => {
  expect(await caught(() => fromStream([], options as object))).toMatchObject({ code: 'argument' });
});

test.each([
  ['fromStream: expected an iterable of examples { x, y }, or a function that gives one, got undefined', undefined],
  ['fromStream: expected a function that gives an iterable, got one that gives 5', () => 5],
])('no stream: %s', async (message, source) => {
  expect(await caught(() => all(fromStream(source as never).batches(1)))).toMatchObject({ code: 'argument', message });
});
