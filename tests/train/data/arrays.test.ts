import { expect, test } from 'vitest';
import { tensor } from '../../../ts/tensor/tensor.js';
import { fromArrays } from '../../../ts/train/data/arrays.js';
import type { ArraysOptions } from '../../../ts/train/data/arrays.js';
import { caught, numbers } from './support.js';

const SHAPE = [2, 2, 3] as const;

test('typed arrays, tensors and lists give the same batch', async () => {
  const x = Float32Array.from(numbers(36));
  const lists = [0, 1, 2].map((n) => [0, 1].map((c) => [0, 1].map((h) => [0, 1, 2].map((w) => ((n * 2 + c) * 2 + h) * 3 + w))));
  const forms: ArraysOptions[] = [
    { x, y: [0, 2, 1], shape: SHAPE },
    { x: tensor(x, [3, ...SHAPE]), y: Uint8Array.of(0, 2, 1) },
    { x: lists, y: BigInt64Array.of(0n, 2n, 1n) },
    { x: Float64Array.from(x), y: tensor([0, 2, 1], [3], 'int64'), shape: SHAPE },
    { x: tensor(x, [9, 4]), y: ['cat', 'eel', 'dog'], shape: SHAPE },
  ];
  for (const form of forms) {
    const data = fromArrays(form);
    expect(data.length).toBe(3);
    expect([...data.labels!]).toEqual([0, 2, 1]);
    expect(await data.get([2, 0])).toEqual({
      x: { dtype: 'float32', shape: [2, ...SHAPE], data: Float32Array.from([...numbers(12, 24), ...numbers(12)]) },
      y: { dtype: 'int32', shape: [2], data: Int32Array.of(1, 0) },
    });
  }
});

test('names of classes are in order, or as given', () => {
  const x = Float32Array.of(1, 2, 3);
  const y = ['eel', 'cat', 'eel'];
  expect(fromArrays({ x, y, shape: [1, 1, 1] })).toMatchObject({ classes: ['cat', 'eel'], labels: Int32Array.of(1, 0, 1) });
  const classes = ['eel', 'ant', 'cat'];
  expect(fromArrays({ x, y, shape: [1, 1, 1], classes })).toMatchObject({ classes, labels: Int32Array.of(0, 2, 0) });
});

test('bytes become 0 to 1, and mean and deviation are those of the channel', async () => {
  const x = Uint8Array.of(0, 255, 51, 102);
  const mean = [0.5, 0.25];
  const std = [0.5, 2];
  const normalized = fromArrays({ x, y: [0], shape: [2, 1, 2], normalize: { mean, std } });
  expect((await normalized.get([0])).x.data).toEqual(Float32Array.of(-1, 1, (0.2 - 0.25) / 2, (0.4 - 0.25) / 2));
  expect(normalized.zero).toEqual([-1, -0.125]);
  const raw = fromArrays({ x, y: [0], shape: [2, 1, 2], normalize: { scale: 1 } });
  expect((await raw.get([0])).x.data).toEqual(Float32Array.from(x));
  const floats = fromArrays({ x: Float32Array.from(x), y: [0], shape: [2, 1, 2], normalize: { scale: 1 / 255, mean, std } });
  expect(await floats.get([0])).toEqual(await normalized.get([0]));
});

test('targets that are numbers, and classes of pixels', async () => {
  const x = new Float32Array(8);
  const values = fromArrays({ x, y: tensor(Float32Array.of(1, 2, 3, 4), [2, 2]), shape: [1, 2, 2] });
  expect(values.labels).toBeUndefined();
  expect((await values.get([1])).y).toEqual({ dtype: 'float32', shape: [1, 2], data: Float32Array.of(3, 4) });
  const pixels = fromArrays({ x, y: tensor([0, 1, 1, -100, 2, 0, 0, 0], [2, 2, 2], 'int32'), shape: [1, 2, 2], classes: ['a', 'b', 'c'] });
  expect((await pixels.get([0])).y).toEqual({ dtype: 'int32', shape: [1, 2, 2], data: Int32Array.of(0, 1, 1, -100) });
});

const X = new Float32Array(12);
const shape = [1, 2, 2];
const classes = ['zero', 'one'];
const withBad = (value: number): Float32Array => Float32Array.from({ length: 12 }, (_, i) => (i === 9 ? value : 0));

test.each<[string, string, object]>([
  ['y[1]: expected a class from 0 to 1 (zero, one), got 2', 'argument', { x: X, y: [0, 2, 1], shape, classes }],
  ['y[2]: expected a class from 0 to 1 (zero, one), got -1', 'argument', { x: X, y: Int32Array.of(0, 1, -1), shape, classes }],
  ['y[2]: expected a class from 0 to 1 (zero, one), got -100', 'argument', { x: X, y: [0, 1, -100], shape, classes }],
  ['y[0]: expected a class, a whole number from 0 on, got -1', 'argument', { x: X, y: [-1, 0, 0], shape }],
  ['y[0]: expected a class index, got 4294967297', 'argument', { x: X, y: BigInt64Array.of(4294967297n, 0n, 0n), shape }],
  ['y[1]: expected a class index, a whole number, got 0.5; targets that are numbers come in a Float32Array or a float32 tensor', 'dtype', { x: X, y: [0, 0.5, 1], shape }],
  ['y[1]: expected one of zero, one, got two', 'argument', { x: X, y: ['one', 'two', 'one'], shape, classes }],
  ['y[1]: expected the name of a class, as the others, got 1', 'dtype', { x: X, y: ['one', 1, 'one'], shape }],
  ['y[1]: expected a class from 0 to 1 (zero, one), got 7', 'argument', { x: X, y: tensor([0, 0, 0, 0, 1, 7, 1, 1, 0, 0, 0, 0], [3, 2, 2], 'int32'), shape, classes }],
  ['y[2]: expected finite numbers, got NaN; element 0 of the example', 'argument', { x: X, y: Float32Array.of(0, 0, NaN), shape }],
  ['x[2]: expected finite numbers, got NaN; element 1 of the example', 'argument', { x: withBad(NaN), y: [0, 0, 0], shape }],
  ['x[2]: expected finite numbers, got Infinity; element 1 of the example', 'argument', { x: withBad(Infinity), y: [0, 0, 0], shape }],
  ['fromArrays: y: expected 3 targets, one for each example, got 2', 'shape', { x: X, y: [0, 0], shape }],
  ['fromArrays: x: expected a multiple of 5 elements, each example being [5], got 12', 'shape', { x: X, y: [0, 0], shape: [5] }],
  ['fromArrays: shape: expected the shape of one example, [C, H, W], got none; the data alone does not tell it', 'shape', { x: X, y: [0] }],
  ['fromArrays: x: expected at least one example, got none; the data is empty', 'argument', { x: new Float32Array(0), y: [], shape }],
  ['fromArrays: x: expected at least one example, got none; the data is empty', 'argument', { x: X, y: [], shape: [1, 0, 2] }],
  ['fromArrays: x: expected 12 elements of [3, 4], got 11', 'shape', { x: { dtype: 'float32', shape: [3, 4], data: new Float32Array(11) }, y: [0, 0, 0] }],
  ['fromArrays: x: expected numbers: a tensor, a typed array or lists, got string; float32 and uint8 are kept as they are', 'dtype', { x: 'pixels', y: [0], shape }],
  ['fromArrays: x: expected numbers: a tensor, a typed array or lists, got BigInt64Array; float32 and uint8 are kept as they are', 'dtype', { x: new BigInt64Array(4), y: [0], shape }],
  ['fromArrays: y: expected class indices, names of classes, or numbers, got undefined', 'dtype', { x: X, shape }],
  ['fromArrays: classes[1]: expected a name that no other class has, got a', 'argument', { x: X, y: [0, 0, 0], shape, classes: ['a', 'a'] }],
  ['fromArrays: classes: expected a list of names, got Array', 'argument', { x: X, y: [0, 0, 0], shape, classes: [] }],
  ['fromArrays: expected an option it has, got normalise; did you mean normalize?', 'argument', { x: X, y: [0, 0, 0], shape, normalise: {} }],
  ['fromArrays: normalize.std: expected a finite number other than 0, or 1 by channel, got 0', 'argument', { x: X, y: [0, 0, 0], shape, normalize: { std: 0 } }],
  ['fromArrays: normalize.mean: expected a finite number, or 1 by channel, got [1, 2, 3]', 'argument', { x: X, y: [0, 0, 0], shape, normalize: { mean: [1, 2, 3] } }],
  ['fromArrays: normalize.scale: expected a finite number other than 0, got NaN', 'argument', { x: X, y: [0, 0, 0], shape, normalize: { scale: NaN } }],
])('refused: %s', async (message, code, options) => {
  expect(await caught(() => fromArrays(options as ArraysOptions))).toMatchObject({ message, code });
});

test.each([[[3]], [[-1]], [[0.5]], [[0, 1, NaN]]])('indices %j', async (indices) => {
  const data = fromArrays({ x: X, y: [0, 0, 0], shape });
  expect(await caught(() => data.get(indices))).toMatchObject({ code: 'argument', expected: 'an index from 0 to 2' });
});

test('what a batch holds is its own', async () => {
  const x = Float32Array.from(numbers(12));
  const data = fromArrays({ x, y: [0, 1, 1], shape });
  (await data.get([0])).x.data.fill(7);
  expect(x[0]).toBe(0);
});

test('without arrays it says what it takes', async () => {
  expect(await caught(fromArrays as () => unknown)).toMatchObject({ code: 'argument', message: 'fromArrays: expected an object of options { x, y }, got none' });
});
