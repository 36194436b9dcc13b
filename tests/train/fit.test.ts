/** The loop over epochs: what it tells, what it repeats by seed, and where it goes on. */
import { describe, expect, it, vi } from 'vitest';
import { AbortedError, ArgumentError, DisposedError, ShapeError } from '../../ts/base/errors.js';
import { add, batchNorm2d, conv2d, dropout, flatten, globalAvgPool2d, linear, maxPool2d, relu } from '../../ts/ops/layers.js';
import { graph, input, sequential as stack, toGraph } from '../../ts/layers/index.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import { seededRandom } from '../../ts/train/data/random.js';
import { fromStream } from '../../ts/train/data/stream.js';
import { augment } from '../../ts/train/data/augment.js';
import type { Dataset, DatasetStream } from '../../ts/train/data/dataset.js';
import { fitOn } from '../../ts/train/fit.js';
import type { FitEpoch, FitOptions, FitReport, FitStep } from '../../ts/train/fit.js';
import { crossEntropy, mse, softCrossEntropy } from '../../ts/train/losses.js';
import { adamw } from '../../ts/train/optimizers.js';
import { cosine } from '../../ts/train/schedules.js';
import { Trainer } from '../../ts/train/trainer.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { openTrain } from '../support/train.js';

const net = () => toGraph(stack([
  conv2d(1, 4, 3, { padding: 1 }), batchNorm2d(4), relu(), maxPool2d(2), dropout(0.25), flatten(), linear(4 * 4 * 4, 3),
], { input: [null, 1, 8, 8] }));

/** Images of three classes: a bright row at another height, with noise that follows from the index. */
function pictures(count: number) {
  const y = Array.from({ length: count }, (_, i) => i % 3);
  const x = new Float32Array(count * 64).map((_, i) => {
    const [image, row] = [Math.floor(i / 64), Math.floor((i % 64) / 8)];
    return (Math.floor(row / 3) === y[image] ? 1 : 0) + 0.3 * Math.sin(i * 12.9898);
  });
  return fromArrays({ x, y, shape: [1, 8, 8], classes: ['high', 'middle', 'low'] });
}

const OPTIONS = { loss: crossEntropy(), optimizer: adamw({ lr: cosine(0.01, { steps: 60, warmup: 4 }), weightDecay: 0.01 }), clip: 1, seed: 7 } satisfies TrainerOptions;
const trainer = (options: Partial<TrainerOptions> = {}): Trainer => new Trainer(openTrain('simd'), net(), { ...OPTIONS, ...options });
const bytesOf = (of: Trainer): number[] => of.weights().flatMap(({ bytes }) => [...bytes]);
const AUGMENT = augment({ shift: 1, brightness: 0.2 });
const FIT: FitOptions = { epochs: 3, batchSize: 4, augment: AUGMENT };

async function all(reports: AsyncIterable<FitReport>): Promise<FitReport[]> {
  const found: FitReport[] = [];
  for await (const report of reports) found.push(report);
  return found;
}

/** What does not depend on the clock. */
function timeless(report: FitReport): object {
  return Object.fromEntries(Object.entries(report).filter(([name]) => !/^(imagesPerSecond|seconds|secondsLeft)$/.test(name)));
}

/** A trainer that was left after some steps. */
async function left(after: number, options: FitOptions = FIT): Promise<{ of: Trainer; saved: Uint8Array; reports: FitReport[] }> {
  const of = trainer();
  const reports: FitReport[] = [];
  for await (const report of of.fit(pictures(18), options)) {
    reports.push(report);
    if (report.kind === 'step' && report.step === after) return { of, saved: of.save(), reports };
  }
  throw new Error('it was over before');
}

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

describe('a fit that was left', () => {
  it.each([1, 3, 5, 7, 10, 14])('after %d steps goes on as if it had never stopped, bit for bit', async (after) => {
    const whole = trainer();
    const reports = await all(whole.fit(pictures(18), FIT));
    const { saved, reports: first } = await left(after);
    const resumed = trainer({ seed: 99, resume: saved });
    const rest = await all(resumed.fit(pictures(18), FIT));
    expect([...first, ...rest].map(timeless)).toEqual(reports.map(timeless));
    expect(bytesOf(resumed)).toEqual(bytesOf(whole));
    expect(resumed.save()).toEqual(whole.save());
  });

  it('goes on in the same trainer, too', async () => {
    const whole = trainer();
    await all(whole.fit(pictures(18), FIT));
    const { of } = await left(8);
    await all(of.fit(pictures(18), FIT));
    expect(bytesOf(of)).toEqual(bytesOf(whole));
  });

  it('may be saved after an epoch', async () => {
    const [whole, begun] = [trainer(), trainer()];
    await all(whole.fit(pictures(18), FIT));
    let saved = new Uint8Array();
    for await (const { kind } of begun.fit(pictures(18), FIT)) {
      if (kind === 'epoch') {
        saved = begun.save() as Uint8Array<ArrayBuffer>;
        break;
      }
    }
    const resumed = trainer({ resume: saved });
    const rest = await all(resumed.fit(pictures(18), FIT));
    expect(rest.filter(({ kind }) => kind === 'epoch').map(({ epoch }) => epoch)).toEqual([2, 3]);
    expect(bytesOf(resumed)).toEqual(bytesOf(whole));
  });

  it('is over where other data comes', async () => {
    const { of } = await left(7);
    const reports = await all(of.fit(pictures(12), { epochs: 1, batchSize: 6 }));
    expect(reports.map(({ kind, epoch, epochs }) => `${kind} ${epoch}/${epochs}`)).toEqual(['step 1/1', 'step 1/1', 'epoch 1/1']);
  });

  it('that is over is followed by another with its own epochs', async () => {
    const of = trainer();
    await all(of.fit(pictures(6), { epochs: 2, batchSize: 6 }));
    const again = await all(of.fit(pictures(6), { epochs: 1, batchSize: 6 }));
    expect(again.map(({ kind, epoch }) => `${kind} ${epoch}`)).toEqual(['step 1', 'epoch 1']);
    expect(of.steps).toBe(3);
  });

  it('ends at a signal between two steps, and goes on', async () => {
    const whole = trainer();
    await all(whole.fit(pictures(18), FIT));
    const of = trainer();
    const controller = new AbortController();
    await expect(async () => {
      for await (const report of of.fit(pictures(18), { ...FIT, signal: controller.signal })) {
        if (report.kind === 'step' && report.step === 4) controller.abort(new Error('enough'));
      }
    }).rejects.toThrow(AbortedError);
    expect(of.steps).toBe(4);
    await all(of.fit(pictures(18), FIT));
    expect(bytesOf(of)).toEqual(bytesOf(whole));
  });

  it('lets a timer abort it though steps block the thread', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1);
    const endless = all(trainer().fit(pictures(18), { epochs: 1e9, batchSize: 18, signal: controller.signal }));
    await expect(endless).rejects.toThrow(AbortedError);
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

describe('two fits of one trainer', () => {
  const UNDER_WAY = 'fit: expected one fit of a trainer at a time, got another while one is under way; end that one first: by break, return() or its signal';

  it('the second is refused, and the first is as if alone', async () => {
    const [alone, both] = [trainer(), trainer()];
    const reports = await all(alone.fit(pictures(18), FIT));
    const [first, second] = await Promise.allSettled([all(both.fit(pictures(18), FIT)), all(both.fit(pictures(12), { batchSize: 3 }))]);
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'argument', place: 'fit', message: UNDER_WAY } });
    expect((first as PromiseFulfilledResult<FitReport[]>).value.map(timeless)).toEqual(reports.map(timeless));
    expect(both.save()).toEqual(alone.save());
  });

  it('one within the other is refused', async () => {
    const of = trainer();
    await expect(async () => {
      for await (const { kind } of of.fit(pictures(6), FIT)) if (kind === 'step') await all(of.fit(pictures(6)));
    }).rejects.toThrow(UNDER_WAY);
    expect(of.steps).toBe(1);
  });

  it('one that was only made is none', async () => {
    const of = trainer();
    of.fit(pictures(6));
    await all(of.fit(pictures(6), { batchSize: 6 }));
    expect(of.steps).toBe(1);
  });

  it.each<[string, (of: Trainer) => Promise<unknown>]>([
    ['left', async (of) => {
      for await (const report of of.fit(pictures(6))) if (report.kind === 'step') break;
    }],
    ['aborted', async (of) => {
      const controller = new AbortController();
      const reports = of.fit(pictures(6), { signal: controller.signal });
      await reports.next();
      controller.abort();
      await expect(reports.next()).rejects.toThrow(AbortedError);
    }],
    ['failed', (of) => expect(all(of.fit({ length: 1, get: () => Promise.reject(new Error('broken')) }))).rejects.toThrow('broken')],
  ])('after one that was %s another begins', async (_, end) => {
    const of = trainer();
    await end(of);
    expect((await all(of.fit(pictures(6), { batchSize: 3 }))).at(-1)).toMatchObject({ kind: 'epoch' });
  });
});

describe('a source that stalls', () => {
  /** Gives one batch, and never another. `left`: whether it was asked to end. */
  function stalling(): Dataset {
    const data = pictures(6);
    let given = 0;
    return { length: 6, get: (indices) => (given++ === 0 ? data.get(indices) : new Promise<never>(() => undefined)) };
  }
  const stream = (): DatasetStream => ({
    length: undefined,
    async *batches() {
      yield pictures(6).get([0, 1, 2]);
      await new Promise<never>(() => undefined);
    },
  });

  it.each([['by index', stalling], ['in a stream', stream]])('%s: a signal ends the wait', async (_, source) => {
    const of = trainer();
    const controller = new AbortController();
    const reports = of.fit(source(), { batchSize: 3, signal: controller.signal });
    await reports.next();
    const waiting = reports.next();
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow(AbortedError);
    expect(of.steps).toBe(1);
  });

  it.each([['by index', stalling], ['in a stream', stream]])('%s: who leaves does not wait', async (_, source) => {
    const of = trainer();
    for await (const report of of.fit(source(), { batchSize: 3 })) if (report.kind === 'step') break;
    expect(of.steps).toBe(1);
    await all(of.fit(pictures(6), { batchSize: 6 }));
    expect(of.steps).toBe(2);
  });

  it('a signal ends an evaluation of it, too', async () => {
    const controller = new AbortController();
    const judged = trainer().evaluate(stalling(), { batchSize: 3, signal: controller.signal });
    setTimeout(() => controller.abort(), 0);
    await expect(judged).rejects.toThrow(AbortedError);
  });

  it('what learns ends the wait with its reason when it ends', async () => {
    const of = trainer();
    const life = new AbortController();
    const target = { random: of.random, position: of.position, step: of.learn.bind(of), judge: of.judge.bind(of), ended: life.signal };
    const reports = fitOn(target, stalling(), { batchSize: 3 });
    await reports.next();
    const waiting = reports.next();
    life.abort(new DisposedError('the trainer was disposed'));
    await expect(waiting).rejects.toThrow(DisposedError);
  });

  it('one that is left is closed before the loop is over, if it does not read', async () => {
    let closed = 0;
    const source: DatasetStream = {
      length: undefined,
      async *batches() {
        try {
          for (;;) yield await Promise.resolve(pictures(6).get([0, 1, 2]));
        } finally {
          closed++;
        }
      },
    };
    for await (const report of trainer().fit(source, { batchSize: 3 })) {
      if (report.kind !== 'step') continue;
      // The next batch is there by then.
      await new Promise((resolve) => setTimeout(resolve, 0));
      break;
    }
    expect(closed).toBe(1);
  });
});

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
