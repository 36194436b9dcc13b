/** Networks that learn in a worker; the built package. */
import { describe, expect, it } from 'vitest';
import type * as Training from '../../ts/entries/train.js';
import type * as Inline from '../../ts/entries/train-inline.js';
import { deafen } from '../support/deaf.js';
import { expectCollected, expectEnded } from '../support/left.js';
import { countTasks, dist, expectTasksToFallTo, library, started } from '../support/models.js';

const training = (await import(dist('node/train.js'))) as typeof Training;
const inline = (await import(dist('node/train-inline.js'))) as typeof Inline;
const { AbortedError, ArgumentError, batchNorm2d, conv2d, DisposedError, dropout, EngineError, flatten, globalAvgPool2d, linear, ReceptiveError, relu, sequential, ShapeError, tensor, WeightsError, WorkerError } = library;
const { adamw, augment, cosine, createTrainer, crossEntropy, fromArrays } = training;

const NET = sequential(
  { conv: conv2d(1, 8, 3, { padding: 1 }), norm: batchNorm2d(8), relu: relu(), pool: globalAvgPool2d(), flatten: flatten(), drop: dropout(0.1), fc: linear(8, 2) },
  { input: [null, 1, 8, 8] },
);
const OPTIONS = { loss: crossEntropy(), optimizer: adamw({ lr: cosine(0.02, { steps: 40, warmup: 4 }) }), seed: 3, clip: 1, variant: 'simd' } as const;

const COUNT = 24;
const pixels = Float32Array.from({ length: COUNT * 64 }, (_, i) => (Math.floor(i / 64) % 2 === 0 ? i % 8 : Math.floor(i / 8) % 8) / 8);
const y = Array.from({ length: COUNT }, (_, i) => i % 2);
const batch = { x: tensor(pixels, [COUNT, 1, 8, 8]), y };
const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);
const bitsOf = (weights: readonly { readonly name: string; readonly bytes: Uint8Array }[]) => weights.map(({ name, bytes }) => [name, Buffer.from(bytes).toString('hex')]);

describe('a trainer in a worker', () => {
  it.each([1, 2])('learns the same bits as on the calling thread, with %i thread(s)', async (threads) => {
    using here = await inline.createTrainer(NET, OPTIONS);
    await using there = await createTrainer(NET, { ...OPTIONS, threads });
    expect([there.threads, there.threadsReason, there.variant, there.steps]).toEqual([threads, undefined, 'simd', 0]);
    for (let i = 0; i < 6; i += 1) expect(await there.step(batch)).toEqual(here.step(batch));
    expect(there.steps).toBe(6);
    expect(bitsOf(await there.weights())).toEqual(bitsOf(here.weights()));
    expect(await there.evaluate(batch)).toEqual(here.evaluate(batch));
    expect(await there.gradients(batch)).toEqual(here.gradients(batch));
    expect(await there.save()).toEqual(here.save());
    expect(await there.summary([COUNT, 1, 8, 8])).toEqual(here.summary([COUNT, 1, 8, 8]));
  });

  it('takes calls one after the other, from what was given when they were made', async () => {
    using here = await inline.createTrainer(NET, OPTIONS);
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    const own = { x: tensor(pixels.slice(), [COUNT, 1, 8, 8]), y: Int32Array.from(y) };
    const steps = [there.step(own), there.step(own), there.step(own)];
    own.x.data.fill(0);
    own.y.fill(1);
    expect(await Promise.all(steps)).toEqual([here.step(batch), here.step(batch), here.step(batch)]);
    const handed = { x: tensor(pixels.slice(), [COUNT, 1, 8, 8]), y };
    expect(await there.step(handed, { transfer: true })).toEqual(here.step(batch));
    expect(handed.x.data.length).toBe(0);
  });

  it('posts a view alone, not the memory it is of', async () => {
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    const large = new Float32Array(1 << 20);
    large.set(pixels, 64);
    await there.step({ x: tensor(large.subarray(64, 64 + pixels.length), [COUNT, 1, 8, 8]), y }, { transfer: true });
    expect(large.length).toBe(1 << 20);
  });

  it('goes on from what it saved, bit for bit', async () => {
    await using whole = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    for (let i = 0; i < 3; i += 1) await whole.step(batch);
    const saved = await whole.save();
    await using resumed = await createTrainer(NET, { ...OPTIONS, threads: 2, resume: saved });
    expect(resumed.steps).toBe(3);
    for (let i = 0; i < 3; i += 1) expect(await resumed.step(batch)).toEqual(await whole.step(batch));
    expect(await resumed.save()).toEqual(await whole.save());
  });

  it('only what is trainable learns', async () => {
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1, trainable: (name) => name.startsWith('fc') });
    const before = new Map(bitsOf(await there.weights()) as [string, string][]);
    await there.step(batch);
    const changed = bitsOf(await there.weights()).filter(([name, bits]) => before.get(name!) !== bits).map(([name]) => name);
    expect(changed).toEqual(['fc.weight', 'fc.bias']);
  });

  it('takes groups, initial weights by name and several batches for an update, as on the calling thread', async () => {
    const options = {
      ...OPTIONS,
      accumulate: 2,
      init: (name: string) => (name === 'conv.weight' ? training.kaimingNormal() : undefined),
      optimizer: adamw({ lr: cosine(0.02, { steps: 10 }), groups: [{ params: (name) => name.endsWith('bias'), weightDecay: 0, lrScale: 2 }] }),
    };
    using here = await inline.createTrainer(NET, options);
    await using there = await createTrainer(NET, { ...options, threads: 1 });
    for (let i = 0; i < 5; i += 1) expect(await there.step(batch)).toEqual(here.step(batch));
    expect(there.steps).toBe(2);
    expect(bitsOf(await there.weights())).toEqual(bitsOf(here.weights()));
  });

  it('gives the vector-Jacobian product that the calling thread gives', async () => {
    const net = sequential({ fc: linear(3, 2) }, { input: [null, 3] });
    const request = {
      inputs: tensor([[1, 2, 3]]), upstream: tensor([[1, -1]]), weights: { 'fc.weight': tensor([[1, 2, 3], [4, 5, 6]]), 'fc.bias': tensor([0, 0]) },
    };
    const result = await training.vjp(net, { ...request, variant: 'simd', threads: 1 });
    expect(result).toEqual(await inline.vjp(net, { ...request, variant: 'simd' }));
    expect([...result.gradients.get('fc.weight')!.data]).toEqual([1, 2, 3, -1, -2, -3]);
    expect(await caught(training.vjp(net, { ...request, weights: {}, threads: 1 }))).toBeInstanceOf(WeightsError);
  });

  it('fits a data set as the one on the calling thread does, augmented and validated', async () => {
    const data = fromArrays({ x: pixels, y, shape: [1, 8, 8] });
    const how = { epochs: 2, batchSize: 10, validation: data, augment: augment({ shift: 1, brightness: 0.2 }) };
    using here = await inline.createTrainer(NET, OPTIONS);
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    const timeless = (report: object): object => Object.fromEntries(Object.entries(report).filter(([name]) => !/second/i.test(name)));
    const [ours, theirs]: object[][] = [[], []];
    for await (const report of here.fit(data, how)) ours!.push(timeless(report));
    for await (const report of there.fit(data, how)) theirs!.push(timeless(report));
    expect(ours).toHaveLength(8);
    expect(theirs).toEqual(ours);
    expect(bitsOf(await there.weights())).toEqual(bitsOf(here.weights()));
    expect(await there.evaluate(data)).toEqual(await here.evaluate(data));
  });

  it('begins with weights of every form', async () => {
    await using first = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    await first.step(batch);
    const weights = await first.weights();
    const forms = [weights, new Set(weights), await first.save(), Object.fromEntries(weights.map(({ name, shape, bytes }) => [name, tensor(new Float32Array(bytes.slice().buffer), shape)]))];
    for (const form of forms) {
      await using next = await createTrainer(NET, { ...OPTIONS, threads: 1, weights: form });
      expect(bitsOf(await next.weights())).toEqual(bitsOf(weights));
    }
  });

  it('gives a model of what it has learned', async () => {
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    for (let i = 0; i < 4; i += 1) await there.step(batch);
    const { output } = (await there.evaluate(batch)) as { output: { data: Float32Array } };
    await using model = await there.model({ threads: 1 });
    expect(model).toBeInstanceOf(library.Model);
    const { output: answered } = await model.run(batch.x);
    answered!.data.forEach((value, i) => expect(Math.abs(value - output.data[i]!)).toBeLessThan(1e-4));
  });
});

describe('what ends a trainer in a worker', () => {
  it('refuses what does not fit, and learns on', async () => {
    using here = await inline.createTrainer(NET, OPTIONS);
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    expect(await caught(there.step({ x: tensor(new Float32Array(64), [1, 1, 8, 8]), y: [2] }))).toMatchObject({ code: 'argument', place: 'y[0]' });
    expect(await caught(there.step({ x: tensor(new Float32Array(49), [1, 1, 7, 7]), y: [0] }))).toBeInstanceOf(ShapeError);
    expect(await caught(there.step(undefined as never))).toBeInstanceOf(ArgumentError);
    expect(await caught(there.step(batch, { sginal: undefined } as never))).toMatchObject({ code: 'argument', message: expect.stringContaining('signal') as unknown });
    expect(await there.step(batch)).toEqual(here.step(batch));
  });

  it('leaves the memory of a data set to it, which may give the same again', async () => {
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    const own = { x: tensor(pixels.slice(0, 4 * 64), [4, 1, 8, 8]), y: { dtype: 'int32', shape: [4], data: Int32Array.of(0, 1, 0, 1) } as const };
    const data = { length: 12, get: () => own };
    let steps = 0;
    for await (const { kind } of there.fit(data, { batchSize: 4, validation: data })) steps += Number(kind === 'step');
    expect([steps, own.x.data.length, own.y.data.length]).toEqual([3, 256, 4]);
    expect(await there.evaluate(data, { batchSize: 4 })).toMatchObject({ examples: 12 });
  });

  it('refuses what was handed over before, and learns on', async () => {
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    const own = { x: tensor(pixels.slice(), [COUNT, 1, 8, 8]), y: Int32Array.from(y) };
    await there.step(own, { transfer: true });
    expect(await caught(there.step(own, { transfer: true }))).toBeInstanceOf(ReceptiveError);
    expect(await caught(there.step(own))).toBeInstanceOf(ReceptiveError);
    expect((await there.step(batch)).step).toBe(2);
  });

  it('says what cannot be made, and leaves no worker', async () => {
    const count = started.length;
    const { loss, optimizer } = OPTIONS;
    expect(await caught(createTrainer(NET, { loss, optimiser: optimizer } as never))).toBeInstanceOf(ArgumentError);
    expect(await caught(createTrainer(NET, { loss } as never))).toMatchObject({ code: 'argument', place: 'createTrainer: optimizer' });
    expect(await caught(createTrainer(NET, { loss, optimizer, trainable: 'fc' } as never))).toMatchObject({ code: 'argument', place: 'createTrainer: trainable' });
    expect(await caught(createTrainer(NET, { loss, optimizer, threads: 0 }))).toMatchObject({ code: 'argument', place: 'threads' });
    expect(await caught(createTrainer(NET, { loss, optimizer, worker: 3 } as never))).toMatchObject({ code: 'argument', message: expect.stringContaining('train-worker.js') as unknown });
    expect(await caught(createTrainer(NET, { loss, optimizer, weights: [] }))).toBeInstanceOf(WeightsError);
    const own = new TypeError('of the caller');
    const throwing = (): never => {
      throw own;
    };
    expect(await caught(createTrainer(NET, { loss, optimizer, trainable: throwing }))).toBe(own);
    expect(await caught(createTrainer(NET, { loss, optimizer, signal: AbortSignal.abort() }))).toBeInstanceOf(AbortedError);
    expect(await caught(createTrainer(NET, { loss, optimizer, worker: 'file:///nowhere/train-worker.js' }))).toBeInstanceOf(WorkerError);
    expect(await caught(createTrainer(NET, { loss, optimizer, worker: new URL(dist('node/worker.js')) }))).toMatchObject({ code: 'worker', hint: 'the option worker names train-worker.js' });
    await expect.poll(() => started.slice(count).every(({ threadId }) => threadId === -1), { timeout: 60_000 }).toBe(true);
  });

  it('its death rejects the call, and all later ones', async () => {
    const there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    const worker = deafen(started.at(-1));
    const step = caught(there.step(batch));
    const waiting = caught(there.step(batch));
    void worker.terminate();
    expect(await step).toMatchObject({ code: 'worker', hint: 'make the trainer anew, from the last checkpoint' });
    expect(await waiting).toBeInstanceOf(WorkerError);
    expect(await caught(there.weights())).toBeInstanceOf(WorkerError);
    await there.dispose();
  });

  it('an aborted step rejects at once; the next one goes on', async () => {
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    const abort = new AbortController();
    const [first, second] = [there.step(batch), caught(there.step(batch, { signal: abort.signal }))];
    abort.abort();
    expect(await second).toBeInstanceOf(AbortedError);
    await first;
    expect((await there.step(batch)).step).toBe(2);
  });

  it('an aborted fit ends with an AbortedError, and the trainer learns on', async () => {
    const data = fromArrays({ x: pixels, y, shape: [1, 8, 8] });
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
    const abort = new AbortController();
    const run = async (): Promise<void> => {
      for await (const report of there.fit(data, { epochs: 100, batchSize: 4, signal: abort.signal })) if (report.kind === 'step' && report.step === 5) abort.abort();
    };
    expect(await caught(run())).toBeInstanceOf(AbortedError);
    expect((await there.step(batch)).step).toBeGreaterThanOrEqual(6);
  });

  it('dispose frees its worker and threads, and rejects what waits', async () => {
    await (await createTrainer(NET, { ...OPTIONS, threads: 2 })).dispose();
    const before = countTasks();
    const there = await createTrainer(NET, { ...OPTIONS, threads: 2 });
    const step = caught(there.step(batch));
    await there.dispose();
    expect(await step).toBeInstanceOf(DisposedError);
    expect(await caught(there.step(batch))).toBeInstanceOf(DisposedError);
    expect(() => there.steps).toThrow(DisposedError);
    await expectTasksToFallTo(before);
  });

  it('one that is forgotten ends its worker', async () => {
    const count = started.length;
    const trainers: WeakRef<object>[] = [];
    const forget = async (): Promise<void> => {
      const there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
      await there.step(batch);
      trainers.push(new WeakRef(there));
    };
    await forget();
    await expectCollected(trainers);
    await expect.poll(() => started.slice(count).every(({ threadId }) => threadId === -1), { timeout: 60_000 }).toBe(true);
  });

  it('leaves nothing of 10 rounds of making, fitting and disposing', async () => {
    const data = fromArrays({ x: pixels, y, shape: [1, 8, 8] });
    const trainers: WeakRef<object>[] = [];
    const count = started.length;
    const round = async (): Promise<void> => {
      await using there = await createTrainer(NET, { ...OPTIONS, threads: 1 });
      for await (const { kind } of there.fit(data, { batchSize: 8 })) expect(kind).toBeTruthy();
      trainers.push(new WeakRef(there));
    };
    for (let i = 0; i < 10; i += 1) await round();
    expectEnded(started.slice(count));
    await expectCollected(trainers);
  });

  it('a step that is not finite says so, and changes nothing', async () => {
    await using there = await createTrainer(NET, { ...OPTIONS, threads: 1, optimizer: adamw({ lr: 1e30 }) });
    const step = async (): Promise<unknown> => caught(there.step(batch));
    let [before, error] = [bitsOf(await there.weights()), await step()];
    for (let i = 0; i < 4 && error === undefined; i += 1) [before, error] = [bitsOf(await there.weights()), await step()];
    expect(error).toBeInstanceOf(EngineError);
    expect(bitsOf(await there.weights())).toEqual(before);
  });
});
