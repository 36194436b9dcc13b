/** Fits that are left, ended and taken up again, and those whose source never answers. */
import { describe, expect, it } from 'vitest';
import { AbortedError, DisposedError } from '../../ts/base/errors.js';
import type { Dataset, DatasetStream } from '../../ts/train/data/dataset.js';
import { fitOn } from '../../ts/train/fit.js';
import type { FitReport } from '../../ts/train/fit.js';
import { Trainer } from '../../ts/train/trainer.js';
import { pictures, trainer, bytesOf, FIT, all, timeless, left } from './fitting.js';

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
