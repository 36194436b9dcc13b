/** Networks that learn in a worker of their own, started by the page. */
import { batchNorm2d, conv2d, DisposedError, flatten, globalAvgPool2d, linear, Model, relu, sequential, tensor, WorkerError } from 'receptive';
import { adamw, augment, cosine, createTrainer, crossEntropy, fromArrays, vjp } from 'receptive/train';
import type { FitReport, Trainer } from 'receptive/train';
import { expect, it, onTestFinished } from 'vitest';

const NET = sequential(
  { conv: conv2d(1, 8, 3, { padding: 1 }), norm: batchNorm2d(8), relu: relu(), pool: globalAvgPool2d(), flatten: flatten(), fc: linear(8, 2) },
  { input: [null, 1, 8, 8] },
);
const COUNT = 24;
const pixels = Float32Array.from({ length: COUNT * 64 }, (_, i) => (Math.floor(i / 64) % 2 === 0 ? i % 8 : Math.floor(i / 8) % 8) / 8);
const y = Array.from({ length: COUNT }, (_, i) => i % 2);
const batch = { x: tensor(pixels, [COUNT, 1, 8, 8]), y };
const DATA = fromArrays({ x: pixels, y, shape: [1, 8, 8] });

async function trainer(threads?: number): Promise<Trainer> {
  const optimizer = adamw({ lr: cosine(0.05, { steps: 40 }) });
  const made = await createTrainer(NET, { loss: crossEntropy(), optimizer, seed: 3, variant: 'simd', threads });
  onTestFinished(() => made.dispose());
  return made;
}

async function learned(threads: number): Promise<readonly number[]> {
  const made = await trainer(threads);
  expect([made.threads, made.threadsReason === undefined]).toEqual(SHARES ? [threads, true] : [1, threads === 1]);
  for (let i = 0; i < 4; i++) await made.step(batch);
  return (await made.weights()).flatMap(({ bytes }) => [...bytes]);
}

/** WebKitGTK isolates the page and has no SharedArrayBuffer all the same. */
const SHARES = typeof SharedArrayBuffer === 'function' && crossOriginIsolated;

it('one and two threads learn the same bits', async () => {
  expect(await learned(2)).toEqual(await learned(1));
});

it('fits a data set, and gives a model of what was learned', async () => {
  const made = await trainer(1);
  const reports: FitReport[] = [];
  for await (const report of made.fit(DATA, { epochs: 20, batchSize: 12, validation: DATA, augment: augment({ brightness: 0.1 }) })) reports.push(report);
  expect(reports.filter(({ kind }) => kind === 'epoch')).toHaveLength(20);
  const { accuracy, confusion } = await made.evaluate(DATA);
  expect([accuracy, [...confusion!.counts]]).toEqual([1, [12, 0, 0, 12]]);
  const model = await made.model({ threads: 1 });
  onTestFinished(() => model.dispose());
  expect(model).toBeInstanceOf(Model);
  const { output } = await model.run(batch.x);
  expect(y.every((label, i) => output!.data[2 * i + label]! > output!.data[2 * i + 1 - label]!)).toBe(true);
});

it('gives a vector-Jacobian product', async () => {
  const net = sequential({ fc: linear(2, 1) }, { input: [null, 2] });
  const { gradients } = await vjp(net, { inputs: tensor([[3, 4]]), upstream: tensor([[2]]), weights: { 'fc.weight': tensor([[5, 6]]), 'fc.bias': tensor([0]) }, threads: 1 });
  expect([...gradients.get('fc.weight')!.data]).toEqual([6, 8]);
  expect([...gradients.get('input')!.data]).toEqual([10, 12]);
});

it('says where its worker should have been, and rejects calls after dispose', async () => {
  const gone = createTrainer(NET, { loss: crossEntropy(), optimizer: adamw({ lr: 1e-3 }), worker: new URL('no-such-worker.js', location.href) });
  await expect(gone).rejects.toBeInstanceOf(WorkerError);
  const made = await trainer(1);
  const step = made.step(batch);
  const refused = expect(step).rejects.toBeInstanceOf(DisposedError);
  await made.dispose();
  await refused;
  await expect(made.step(batch)).rejects.toBeInstanceOf(DisposedError);
});
