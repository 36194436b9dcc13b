/** The same bits: on 1, 2 and 3 threads, and gone on from a checkpoint as never stopped. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleOf } from '../../ts/ops/grads.js';
import { dropout, graph, identity, input } from '../../ts/ops/layers.js';
import { adam, adamw, rmsprop, sgd } from '../../ts/train/optimizers.js';
import type { Optimizer } from '../../ts/train/optimizers.js';
import { cosine, oneCycle, stepDecay } from '../../ts/train/schedules.js';
import { Trainer } from '../../ts/train/trainer.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { vjpOf } from '../../ts/train/vjp.js';
import { openTrain, openTrainThreads, THREADED_TRAIN_VARIANTS, TRAIN_ENGINES } from '../support/train.js';
import type { OpenTrain } from '../support/train.js';
import { batchFor, everyLayer, LOSSES } from './every-layer.js';

const NET = everyLayer();
const OPTIONS: TrainerOptions = { loss: LOSSES, optimizer: adamw({ lr: cosine(0.003, { steps: 12, warmup: 3 }), weightDecay: 0.05 }), clip: 5, seed: 11 };

const bits = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string => createHash('sha256').update(new Uint8Array(buffer, byteOffset, byteLength)).digest('hex');

/** Examples of a batch whose passes over maps are worth three threads, too: 65,536 elements and more for each. */
const LARGE = 48;

/** All that goes on from run to run. */
const stateOf = (trainer: Trainer): string => bits(trainer.save());

it('is tested with every layer function', () => {
  const types = new Set(NET.nodes.map(({ op }) => op.type));
  const layers = ['Activation', 'AdaptiveAvgPool2d', 'Add', 'BatchNorm2d', 'Concat', 'Conv2d', 'ConvTranspose2d', 'Flatten', 'GlobalPool2d', 'GroupNorm', 'Identity', 'Linear', 'LocalResponseNorm', 'Mul', 'PReLU', 'Pad', 'Pool2d', 'Softmax', 'Upsample'];
  expect([...types].sort()).toEqual(layers);
  for (const type of types) expect(ruleOf(type)).toBeDefined();
});

describe.each(THREADED_TRAIN_VARIANTS)('%s', (variant) => {
  const opened: OpenTrain[] = [];
  beforeAll(async () => void opened.push(...(await Promise.all([2, 3].map((threads) => openTrainThreads(variant, threads))))));
  afterAll(async () => void (await Promise.all(opened.map(({ close }) => close()))));

  it('has the same bits on 1, 2 and 3 threads after ten updates', () => {
    const engines = [openTrain(variant), ...opened.map(({ engine }) => engine)];
    expect(engines.map(({ threads }) => threads)).toEqual([1, 2, 3]);
    const [first, ...others] = engines.map((engine) => {
      using trainer = new Trainer(engine, NET, OPTIONS);
      const reports = Array.from({ length: 10 }, (_, at) => trainer.step(batchFor(at)));
      expect(reports.every(({ loss, gradNorm, skipped }) => Number.isFinite(loss) && gradNorm > 0 && !skipped)).toBe(true);
      reports.push(trainer.step(batchFor(1, LARGE)));
      const { loss, accuracy, output } = trainer.evaluate(batchFor(2, LARGE));
      const gradients = [...trainer.gradients(batchFor(7))].map(([name, { data, norm }]) => [name, bits(data as Float32Array), norm]);
      return { reports, state: stateOf(trainer), loss, accuracy, output: bits(output.data as Float32Array), gradients };
    });
    for (const other of others) expect(other).toEqual(first);
  });

  it('has the same masks of dropout on 1, 2 and 3 threads', () => {
    const x = input([1 << 17]);
    const net = graph({ x }, { y: dropout(0.3)(identity()(x)) });
    const ones = { shape: [1 << 17], data: new Float32Array(1 << 17).fill(1) };
    const [first, ...others] = [openTrain(variant), ...opened.map(({ engine }) => engine)].map((engine) => {
      const { outputs, gradients } = vjpOf(engine, net, { weights: new Map(), inputs: new Map([['x', ones]]), upstream: new Map([['y', ones]]), training: true });
      const mask = outputs.get('y')!.data;
      expect(bits(gradients.get('x')!.data)).toBe(bits(mask));
      const kept = mask.filter((value) => value !== 0).length / mask.length;
      expect(Math.abs(kept - 0.7)).toBeLessThan(0.01);
      return bits(mask);
    });
    for (const other of others) expect(other).toBe(first);
  });
});

const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  'SGD': sgd({ lr: 0.01 }),
  'SGD with momentum': sgd({ lr: stepDecay(0.01, { every: 2, gamma: 0.5 }), momentum: 0.9, weightDecay: 1e-3 }),
  'SGD with dampening': sgd({ lr: 0.01, momentum: 0.9, dampening: 0.5 }),
  'SGD by Nesterov': sgd({ lr: 0.01, momentum: 0.9, nesterov: true }),
  'Adam': adam({ lr: oneCycle(0.01, { steps: 8 }), weightDecay: 0.01 }),
  'AdamW': adamw({ lr: cosine(0.01, { steps: 8, warmup: 3 }), decayAll: false }),
  'RMSprop': rmsprop({ lr: 0.001 }),
  'RMSprop with momentum, centered': rmsprop({ lr: 0.001, momentum: 0.9, centered: true }),
};

describe.each(TRAIN_ENGINES.filter(([name]) => name !== 'scalar'))('going on from a checkpoint: %s', (_, open) => {
  let opened: OpenTrain;
  beforeAll(async () => void (opened = await open()));
  afterAll(() => opened.close());

  it.each(Object.keys(OPTIMIZERS))('%s', (name) => {
    const options = { ...OPTIONS, optimizer: OPTIMIZERS[name]! };
    const made = (more: Partial<TrainerOptions> = {}): Trainer => new Trainer(opened.engine, NET, { ...options, ...more });
    // Batches of two sizes: each has a program of its own.
    const size = (at: number): number => (at % 3 === 1 ? 2 : 4);
    using whole = made();
    const expected = Array.from({ length: 6 }, (__, at) => whole.step(batchFor(at, size(at))));
    for (const stop of [1, 3]) {
      using begun = made();
      for (let at = 0; at < stop; at++) begun.step(batchFor(at, size(at)));
      const bytes = begun.save();
      using resumed = made({ seed: 12345, resume: bytes });
      expect(stateOf(resumed)).toBe(bits(bytes));
      const reports = Array.from({ length: 6 - stop }, (__, at) => resumed.step(batchFor(stop + at, size(stop + at))));
      expect(reports).toEqual(expected.slice(stop));
      expect(stateOf(resumed)).toBe(stateOf(whole));
    }
  });
});
