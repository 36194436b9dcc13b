import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromArrays } from '../../../ts/train/data/arrays.js';
import { batchesOf, epoch } from '../../../ts/train/data/batches.js';
import type { Batch, Dataset } from '../../../ts/train/data/dataset.js';
import { seededRandom } from '../../../ts/train/data/random.js';
import { split, subset } from '../../../ts/train/data/split.js';
import { all, caught, numbers } from './support.js';

/** Example i is the number i. */
function counted(labels: readonly number[], classes?: readonly string[]): Dataset<Batch> {
  return fromArrays({ x: Float32Array.from(numbers(labels.length)), y: labels, shape: [1], classes });
}

async function members(data: Dataset<Batch>): Promise<number[]> {
  return [...(await data.get(numbers(data.length))).x.data];
}

const random = seededRandom(3);

test('no example is lost or on both sides, and every class gives its part', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12, maxLength: 200 }), fc.double({ min: 0.1, max: 0.6, noNaN: true }), fc.nat(), async (labels, part, seed) => {
    const whole = counted(labels);
    const { train, validation } = split(whole, { validation: part, random: seededRandom(seed) });
    const [learned, kept] = await Promise.all([members(train), members(validation)]);
    expect([...learned, ...kept].sort((a, b) => a - b)).toEqual(numbers(labels.length));
    expect(learned.map((i) => labels[i])).toEqual([...(train.labels as Int32Array)]);
    for (const label of new Set(labels)) {
      const count = labels.filter((other) => other === label).length;
      const got = kept.filter((i) => labels[i] === label).length;
      expect(got).toBeLessThan(count);
      expect(Math.abs(got - (count * Math.round(part * labels.length)) / labels.length)).toBeLessThan(1 + 1e-9);
    }
  }));
});

test('the same seed splits alike, another does not', async () => {
  const data = counted(numbers(100).map((i) => i % 3));
  const parts = await Promise.all([3, 3, 4].map((seed) => members(split(data, { validation: 20, random: seededRandom(seed) }).validation)));
  expect(parts[0]).toHaveLength(20);
  expect(parts[1]).toEqual(parts[0]);
  expect(parts[2]).not.toEqual(parts[0]);
});

test('without classes, or by wish, examples are taken as they come', async () => {
  const data = fromArrays({ x: Float32Array.from(numbers(10)), y: Float32Array.from(numbers(10)), shape: [1] });
  const parts = split(data, { validation: 0.3, random });
  expect([...(await members(parts.train)), ...(await members(parts.validation))].sort((a, b) => a - b)).toEqual(numbers(10));
  expect(parts.validation.length).toBe(3);
  expect(split(counted([0, 0, 1, 1]), { validation: 2, random, stratified: false }).train.length).toBe(2);
});

test('a class of one example is trained on', () => {
  const { train } = split(counted([0, 0, 0, 0, 0, 0, 1]), { validation: 0.5, random });
  expect([...(train.labels as Int32Array)]).toContain(1);
});

test.each([
  ['the training part: expected examples of each of the 3 classes, got none of class 1 (cow); add examples of it, or leave the class out', () => split(counted([0, 2, 0, 2], ['ape', 'cow', 'dog']), { validation: 0.5, random })],
  ['split: validation: expected a part above 0 and below 1, or a number of examples from 1 to 3, got 1.5; both parts need examples', () => split(counted([0, 0, 1, 1]), { validation: 1.5, random })],
  ['split: validation: expected a part above 0 and below 1, or a number of examples from 1 to 3, got 0.01; both parts need examples', () => split(counted([0, 0, 1, 1]), { validation: 0.01, random })],
  ['split: validation: expected a part above 0 and below 1, or a number of examples from 1 to 3, got 4; both parts need examples', () => split(counted([0, 0, 1, 1]), { validation: 4, random })],
  ['split: stratified: expected a data set with a class for each example, got one without', () => split({ ...counted([0, 1]), length: 2, labels: undefined, get: () => counted([0]).get([0]) }, { validation: 1, random, stratified: true })],
  ['subset: expected at least one example, got none; the data is empty', () => subset(counted([0]), [])],
  ['indices[1]: expected an index from 0 to 1, got 2', () => subset(counted([0, 1]), [0, 2])],
])('refused: %s', async (message, call) => {
  expect(await caught(call)).toMatchObject({ message, code: 'argument' });
});

test('an epoch reads every example once, in an order of its own', async () => {
  const data = counted(numbers(10).map(() => 0));
  const read = async (round: number, more = {}): Promise<number[][]> => (await all(epoch(data, { batchSize: 4, random, round, ...more }))).map(({ x }) => [...x.data]);
  const [first, again, second] = await Promise.all([read(0), read(0), read(1)]);
  expect(first.map((batch) => batch.length)).toEqual([4, 4, 2]);
  expect(first.flat()).toEqual([...random.permutation(0, 10)]);
  expect(again).toEqual(first);
  expect(second).not.toEqual(first);
  expect([...second.flat()].sort((a, b) => a - b)).toEqual(numbers(10));
  expect(await read(0, { from: 2 })).toEqual(first.slice(2));
  expect(await read(0, { dropLast: true })).toEqual(first.slice(0, 2));
  expect(await read(0, { random: undefined })).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]);
  expect([batchesOf(10, 4), batchesOf(10, 4, true), batchesOf(8, 4)]).toEqual([3, 2, 2]);
});

test.each([{ batchSize: 0 }, { batchSize: 1.5 }, { batchSize: 2, round: -1 }, { batchSize: 2, from: NaN }, { batchSize: 2, dropLast: 1 }])('epoch %j', async (options) => {
  expect(await caught(() => all(epoch(counted([0]), options as { batchSize: number })))).toMatchObject({ code: 'argument' });
});

test('without a source of random numbers it splits by the seed 0', async () => {
  const data = counted(numbers(20).map((i) => i % 2));
  const [plain, seeded] = [split(data, { validation: 0.3 }), split(data, { validation: 0.3, random: seededRandom(0) })];
  expect(await members(plain.validation)).toEqual(await members(seeded.validation));
  expect(plain.validation.length).toBe(6);
});

test.each<[string, () => unknown]>([
  ['split: validation: expected a part above 0 and below 1, or a number of examples from 1 to 3, got undefined; both parts need examples', () => split(counted([0, 0, 1, 1]), undefined as never)],
  ['split: random: expected what seededRandom gives, got 5', () => split(counted([0, 0, 1, 1]), { validation: 1, random: 5 as never })],
  ['split: expected a data set such as fromArrays gives, got undefined', () => split(undefined as never, { validation: 1 })],
  ['split: validation: expected at least one example for this part, got none; a class that has one example keeps it to be learned from; stratified: false takes any', () => split(counted([0, 1, 2]), { validation: 1 })],
  ['subset: expected a data set such as fromArrays gives, got undefined', () => (subset as () => unknown)()],
  ['subset: indices: expected a list of indices, got undefined', () => subset(counted([0]), undefined as never)],
  ['epoch: expected a data set such as fromArrays gives, got undefined', () => all((epoch as unknown as () => AsyncGenerator<Batch>)())],
  ['epoch: batchSize: expected a whole number from 1 on, got undefined', () => all(epoch(counted([0]), undefined as never))],
  ['epoch: length: expected the number of examples, got undefined', () => all(epoch({ get: () => counted([0]).get([0]) } as never, { batchSize: 1 }))],
])('what is missing is told: %s', async (message, call) => {
  expect(await caught(call)).toMatchObject({ code: 'argument', message });
});
