/** The loop over epochs: what it tells, what it repeats by seed, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../ts/base/errors.js';
import { add, linear } from '../../ts/ops/layers.js';
import { graph, input } from '../../ts/layers/index.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import { seededRandom } from '../../ts/train/data/random.js';
import { fromStream } from '../../ts/train/data/stream.js';
import type { DatasetStream } from '../../ts/train/data/dataset.js';
import type { FitEpoch, FitStep } from '../../ts/train/fit.js';
import { crossEntropy, mse, softCrossEntropy } from '../../ts/train/losses.js';
import { Trainer } from '../../ts/train/trainer.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { openTrain } from '../support/train.js';
import { pictures, OPTIONS, trainer, bytesOf, FIT, all } from './fitting.js';

describe('reports', () => {
  it('tell of each step and of each epoch', async () => {
    const of = trainer();
    const reports = await all(of.fit(pictures(18), { epochs: 2, batchSize: 4, validation: pictures(6) }));
    expect(reports.map(({ kind }) => kind).join(' ')).toBe('step step step step step epoch step step step step step epoch');
    expect(reports[1]).toMatchObject({ epoch: 1, epochs: 2, batch: 2, batches: 5, step: 2, skipped: false });
    expect(reports[10]).toMatchObject({ epoch: 2, batch: 5, step: 10, secondsLeft: 0 });
    const speeds = reports.map(({ imagesPerSecond }) => imagesPerSecond);
    expect(speeds.every((speed) => speed > 0)).toBe(true);
    expect((reports[0] as FitStep).secondsLeft).toBeGreaterThan(0);
    const epoch = reports[5] as FitEpoch;
    const steps = reports.slice(0, 5) as FitStep[];
    const mean = steps.reduce((sum, { loss }, i) => sum + loss * (i < 4 ? 4 : 2), 0) / 18;
    expect(epoch.loss).toBeCloseTo(mean, 6);
    expect(epoch).toMatchObject({ epoch: 1, epochs: 2, validation: { examples: 6, confusion: { classes: ['high', 'middle', 'low'] } } });
  });

  it('come every so many steps, and without the smaller batch where that is left out', async () => {
    const reports = await all(trainer().fit(pictures(18), { batchSize: 4, every: 2, dropLast: true }));
    expect(reports.map((report) => (report.kind === 'step' ? report.batch : report.kind))).toEqual([2, 4, 'epoch']);
    expect(reports[0]).toMatchObject({ batches: 4 });
  });

  it('of a stream do not know how long it takes', async () => {
    const source = pictures(6);
    const examples = Array.from({ length: 6 }, (_, i) => {
      const { x, y } = source.get([i]);
      return { x: tensor(x.data, [1, 8, 8]), y: y.data[0]! };
    });
    const reports = await all(trainer().fit(fromStream(() => examples), { batchSize: 4, epochs: 2 }));
    expect(reports.map(({ kind }) => kind).join(' ')).toBe('step step epoch step step epoch');
    expect(reports[0]).toMatchObject({ batches: undefined, secondsLeft: undefined });
  });
});

describe('learning', () => {
  it('learns what it is shown', async () => {
    const of = trainer();
    await all(of.fit(pictures(30), { epochs: 20, batchSize: 10 }));
    expect((await of.evaluate(pictures(30))).accuracy).toBe(1);
  });

  it('is the steps that one would write', async () => {
    const [fitted, written] = [trainer(), trainer()];
    await all(fitted.fit(pictures(18), { epochs: 2, batchSize: 6, shuffle: false }));
    for (let i = 0; i < 6; i++) written.step(pictures(18).get([0, 1, 2, 3, 4, 5].map((at) => (i % 3) * 6 + at)));
    expect(bytesOf(fitted)).toEqual(bytesOf(written));
  });

  it('has an order for each epoch by the seed', async () => {
    const seen: string[][] = [];
    const data = pictures(9);
    const watched = { ...data, length: 9, get: (indices: ArrayLike<number>) => (seen.push(Array.from(indices, String)), data.get(indices)) };
    await all(trainer({ seed: 3 }).fit(watched, { epochs: 2, batchSize: 9 }));
    expect(seen).toEqual([0, 1].map((round) => Array.from(seededRandom(3).permutation(round, 9), String)));
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it('mixes examples where the loss takes probabilities, and still counts what is right', async () => {
    const of = trainer({ loss: softCrossEntropy() });
    const reports = await all(of.fit(pictures(30), { epochs: 20, batchSize: 10, augment: { mixup: 0.2 }, validation: pictures(30) }));
    expect((reports.at(-1) as FitEpoch).validation!.accuracy).toBeGreaterThan(0.9);
  });
});

describe('what does not fit', () => {
  const data = pictures(6);
  const few = fromArrays({ x: new Float32Array(128), y: [0, 2], shape: [1, 8, 8], classes: ['a', 'b', 'c'] });
  const none = { length: 0, get: () => data.get([]) };

  it.each([
    ['no data', () => trainer().fit(5 as never), /^fit: dataset: expected a data set such as fromArrays gives, got 5$/],
    ['empty data', () => trainer().fit(none), /^fit: dataset: expected at least one example, got none/],
    ['empty data to judge by', () => trainer().fit(data, { validation: none }), /^fit: validation: expected at least one example/],
    ['a class without examples', () => trainer().fit(few), /^fit: dataset: expected examples of each of the 3 classes, got none of class 1 \(b\)/],
    ['half an epoch', () => trainer().fit(data, { epochs: 0.5 }), /^fit: epochs: expected a whole number from 1 on, got 0.5$/],
    ['no batch', () => trainer().fit(data, { batchSize: 0 }), /^fit: batchSize: expected a whole number/],
    ['every batch left out', () => trainer().fit(data, { batchSize: 7, dropLast: true }), /^fit: batchSize: expected 6 or less/],
    ['an option that is none', () => trainer().fit(data, { batch: 3 } as never), /^fit: expected an option it has, got batch; did you mean batchSize\?$/],
    ['an augmentation that is none', () => trainer().fit(data, { augment: { rotate: -1 } }), /^augment: rotate/],
  ] as const)('%s is refused at once', (_, call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });

  it('an example that fails in the middle ends the fit with what was learned', async () => {
    const of = trainer();
    const broken = { length: 12, get: (indices: ArrayLike<number>) => (indices[0] === 8 ? Promise.reject(new ShapeError('broken')) : data.get(Array.from(indices, (i) => i % 6))) };
    await expect(all(of.fit(broken, { batchSize: 4, shuffle: false }))).rejects.toThrow('broken');
    expect(of.steps).toBe(2);
    expect(of.position).toMatchObject({ round: 0, batch: 2 });
  });
});

describe('batches of several tensors', () => {
  it('inputs by name are fitted and judged, as steps by hand', async () => {
    const two = () => {
      const [a, b] = [input([null, 2]), input([null, 2])];
      return graph({ a, b }, { y: linear(2, 3, { name: 'head' })(add(a, b)) });
    };
    const made = (): Trainer => new Trainer(openTrain('simd'), two(), OPTIONS);
    const get = (indices: ArrayLike<number>) => {
      const values = (sign: number) => tensor(Float32Array.from({ length: 2 * indices.length }, (_, i) => sign * Math.sin(indices[i >> 1]! + (i & 1))), [indices.length, 2]);
      return { x: { a: values(1), b: values(-0.5) }, y: Array.from(indices, (i) => i % 3) };
    };
    const [fitted, written] = [made(), made()];
    const reports = await all(fitted.fit({ length: 5, get }, { batchSize: 2, shuffle: false, validation: { length: 5, get } }));
    const steps = [[0, 1], [2, 3], [4]].map((indices) => written.step(get(indices)));
    expect(bytesOf(fitted)).toEqual(bytesOf(written));
    const epoch = reports.at(-1) as FitEpoch;
    expect(epoch.loss).toBeCloseTo(steps.reduce((sum, { loss }, i) => sum + loss * [2, 2, 1][i]!, 0) / 5, 6);
    expect(epoch.validation!.examples).toBe(5);
    const streamed = made();
    const stream: DatasetStream = { length: undefined, batches: async function* () { for (const indices of [[0, 1], [2, 3], [4]]) yield await Promise.resolve(get(indices)); } };
    await all(streamed.fit(stream, { batchSize: 2, shuffle: false, dropLast: true }));
    expect(streamed.steps).toBe(2);
  });

  it('targets of several losses are fitted and judged', async () => {
    const two = () => {
      const x = input([null, 2]);
      return graph({ x }, { kind: linear(2, 3, { name: 'kind' })(x), size: linear(2, 1, { name: 'size' })(x) });
    };
    const made = (): Trainer => new Trainer(openTrain('simd'), two(), { ...OPTIONS, loss: [crossEntropy({ output: 'kind' }), mse({ output: 'size' })] });
    const get = (indices: ArrayLike<number>) => ({
      x: tensor(Float32Array.from({ length: 2 * indices.length }, (_, i) => Math.cos(indices[i >> 1]! + (i & 1))), [indices.length, 2]),
      y: [Int32Array.from(indices, (i) => i % 3), tensor(Float32Array.from(indices, (i) => i / 5), [indices.length, 1])],
    });
    const [fitted, written] = [made(), made()];
    const reports = await all(fitted.fit({ length: 4, get }, { batchSize: 2, shuffle: false, validation: { length: 4, get } }));
    for (const indices of [[0, 1], [2, 3]]) written.step(get(indices));
    expect(bytesOf(fitted)).toEqual(bytesOf(written));
    expect((reports[0] as FitStep).losses).toHaveLength(2);
    expect((reports.at(-1) as FitEpoch).validation!.loss).toBeCloseTo(written.evaluate(get([0, 1, 2, 3])).loss, 5);
  });

  it('classes in a list are augmented as those in a tensor', async () => {
    const [listed, tensors] = [trainer(), trainer()];
    const data = pictures(6);
    const get = (indices: ArrayLike<number>) => ({ x: data.get(indices).x, y: [...data.get(indices).y.data] });
    await all(tensors.fit(data, FIT));
    await all(listed.fit({ length: 6, get }, FIT));
    expect(bytesOf(listed)).toEqual(bytesOf(tensors));
  });
});
