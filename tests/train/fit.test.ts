/** The loop over epochs: what it tells, what it repeats by seed, and where it goes on. */
import { describe, expect, it } from 'vitest';
import { AbortedError, ArgumentError, ShapeError } from '../../ts/base/errors.js';
import { batchNorm2d, conv2d, dropout, flatten, linear, maxPool2d, relu } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import { seededRandom } from '../../ts/train/data/random.js';
import { fromStream } from '../../ts/train/data/stream.js';
import { augment } from '../../ts/train/data/augment.js';
import type { FitEpoch, FitOptions, FitReport, FitStep } from '../../ts/train/fit.js';
import { crossEntropy, softCrossEntropy } from '../../ts/train/losses.js';
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
    ['an option that is none', () => trainer().fit(data, { batch: 3 } as never), /^fit: there is no option batch; did you mean batchSize\?$/],
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
