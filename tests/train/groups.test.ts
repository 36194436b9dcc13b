/** Groups of parameters, and gradients of several batches that make one update: against updates by hand. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, EngineError } from '../../ts/base/errors.js';
import { batchNorm2d, conv2d, flatten, linear, relu } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Batch } from '../../ts/train/batch.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import { uniform } from '../../ts/train/inits.js';
import { crossEntropy } from '../../ts/train/losses.js';
import { adam, adamw, sgd } from '../../ts/train/optimizers.js';
import type { AdamOptions, Optimizer } from '../../ts/train/optimizers.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { Trainer } from '../../ts/train/trainer.js';
import { openTrain } from '../support/train.js';

const net = () => toGraph(stack([conv2d(1, 3, 3), relu(), flatten(), linear(27, 4)], { input: [null, 1, 5, 5] }));
const normed = () => toGraph(stack([conv2d(1, 3, 3), batchNorm2d(3), relu(), flatten(), linear(27, 4)], { input: [null, 1, 5, 5] }));

function batch(count: number, seed: number): Batch {
  return { x: tensor(new Float32Array(count * 25).map((_, i) => Math.sin((i + 1) * (seed + 1) * 12.9898)), [count, 1, 5, 5]), y: Array.from({ length: count }, (_, i) => (i + seed) % 4) };
}

const trainer = (optimizer: Optimizer, options: Partial<TrainerOptions> = {}, graph = net()): Trainer =>
  new Trainer(openTrain('simd'), graph, { loss: crossEntropy(), optimizer, seed: 5, ...options });

function values(of: Trainer): Map<string, Float32Array> {
  return new Map(of.weights().map(({ name, bytes }) => [name, new Float32Array(bytes.slice().buffer)]));
}

const bytesOf = (of: Trainer): number[] => of.weights().flatMap(({ bytes }) => [...bytes]);

/** What each parameter lost, over its gradient. */
function rates(optimizer: Optimizer): Record<string, number> {
  const of = trainer(optimizer);
  const [before, gradients] = [values(of), of.gradients(batch(6, 0))];
  of.step(batch(6, 0));
  const after = values(of);
  return Object.fromEntries([...gradients].map(([name, { data }]) => {
    const at = data.reduce((best, value, i) => (Math.abs(value) > Math.abs(data[best]!) ? i : best), 0);
    return [name, (before.get(name)![at]! - after.get(name)![at]!) / data[at]!];
  }));
}

describe('groups', () => {
  it('have learning rates of their own; the first that fits counts', () => {
    const found = rates(sgd({ lr: 0.5, groups: [{ params: (name) => name === '0.weight', lrScale: 0.1 }, { params: (name) => name.startsWith('0.'), lrScale: 2 }] }));
    expect(found['0.weight']).toBeCloseTo(0.05, 4);
    expect(found['0.bias']).toBeCloseTo(1, 4);
    expect(found['3.weight']).toBeCloseTo(0.5, 4);
    expect(found['3.bias']).toBeCloseTo(0.5, 4);
  });

  it('have weight decay of their own', () => {
    const decayed = (options: Omit<AdamOptions, 'lr'>): Record<string, number> => {
      // Where the rate is 0.1 and the first update of Adam is its sign, what is left is decay.
      const [plain, of] = [trainer(adamw({ lr: 0.1, weightDecay: 0 })), trainer(adamw({ lr: 0.1, ...options }))];
      const before = values(of);
      plain.step(batch(6, 0));
      of.step(batch(6, 0));
      const [without, after] = [values(plain), values(of)];
      return Object.fromEntries([...before].map(([name, data]) => [name, (without.get(name)![1]! - after.get(name)![1]!) / (0.1 * data[1]!)]));
    };
    const found = decayed({ weightDecay: 0.5, decayAll: false, groups: [{ params: (name) => name === '3.weight', weightDecay: 0.25 }, { params: (name) => name === '0.bias', weightDecay: 0.75 }] });
    expect(found['0.weight']).toBeCloseTo(0.5, 3);
    expect(found['0.bias']).toBeCloseTo(0.75, 3);
    expect(found['3.weight']).toBeCloseTo(0.25, 3);
    expect(found['3.bias']).toBeCloseTo(0, 3);
  });

  it.each([
    ['no list', () => sgd({ lr: 1, groups: {} as never }), /^sgd: groups: expected a list of groups .* got Object$/],
    ['no function', () => sgd({ lr: 1, groups: [{ params: '0' as never }] }), /^sgd: groups\[0\]: params: expected a function/],
    ['no factor', () => adam({ lr: 1, groups: [{ params: () => true, lrScale: -1 }] }), /^adam: groups\[0\]: lrScale: expected a number from 0 on, got -1$/],
    ['an option that is none', () => adam({ lr: 1, groups: [{ params: () => true, lr: 1 } as never] }), /groups\[0\]: expected an option it has, got lr/],
    ['no parameters', () => trainer(sgd({ lr: 1, groups: [{ params: () => true }, { params: (name) => name === '0.bias' }] })), /^optimizer: groups\[1\]: expected parameters that learn .* got none$/],
  ] as const)('%s is refused', (_, call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });
});

describe('several batches that make one update', () => {
  it.each([['sgd', sgd({ lr: 0.1, momentum: 0.9 }), 0], ['adamw', adamw({ lr: 0.01 }), 0.5]] as const)('are as one batch of all: %s', (_, optimizer, clip) => {
    const [one, three] = [trainer(optimizer, { clip }), trainer(optimizer, { clip, accumulate: 3 })];
    const parts = [0, 1, 2].map((seed) => batch(4, seed));
    const whole: Batch = {
      x: tensor(Float32Array.from(parts.flatMap(({ x }) => [...(x as { data: Float32Array }).data])), [12, 1, 5, 5]),
      y: parts.flatMap(({ y }) => y as number[]),
    };
    for (let round = 0; round < 3; round++) {
      const { gradNorm } = one.step(whole);
      const reports = parts.map((part) => three.step(part));
      expect(reports.map(({ updated, step }) => [updated, step])).toEqual([[false, round], [false, round], [true, round + 1]]);
      expect(reports[2]!.gradNorm).toBeCloseTo(gradNorm, 4);
    }
    const expected = values(one);
    values(three).forEach((data, name) => data.forEach((value, i) => expect(value).toBeCloseTo(expected.get(name)![i]!, 4)));
  });

  it('of one are the plain step, bit for bit', () => {
    const [plain, one] = [trainer(adamw({ lr: 0.01 })), trainer(adamw({ lr: 0.01 }), { accumulate: 1 })];
    for (let i = 0; i < 3; i++) expect(one.step(batch(4, i))).toEqual(plain.step(batch(4, i)));
    expect(bytesOf(one)).toEqual(bytesOf(plain));
    expect(plain.step(batch(4, 3)).updated).toBe(true);
  });

  it('leave parameters alone until then, but not the statistics of BatchNorm', () => {
    const of = trainer(sgd({ lr: 0.1 }), { accumulate: 2 }, normed());
    const before = values(of);
    of.step(batch(4, 0));
    const changed = [...values(of)].filter(([name, data]) => data.some((value, i) => value !== before.get(name)![i]));
    expect(changed.map(([name]) => name)).toEqual(['1.running_mean', '1.running_var']);
  });

  it('go on from what was saved between them, bit for bit, and with batches of other sizes', () => {
    const sizes = [4, 3, 4, 4, 2, 4, 4];
    const run = (of: Trainer, from: number, to: number): void => sizes.slice(from, to).forEach((size, i) => of.step(batch(size, from + i)));
    const whole = trainer(adamw({ lr: 0.01 }), { accumulate: 3, clip: 1 });
    run(whole, 0, 7);
    for (const at of [1, 2, 3, 5]) {
      const begun = trainer(adamw({ lr: 0.01 }), { accumulate: 3, clip: 1 });
      run(begun, 0, at);
      const resumed = trainer(adamw({ lr: 0.01 }), { accumulate: 3, clip: 1, resume: begun.save() });
      run(resumed, at, 7);
      expect(resumed.save()).toEqual(whole.save());
    }
  });

  it('do without one that is not finite', () => {
    const huge: Batch = { x: tensor(new Float32Array(100).fill(3e38), [4, 1, 5, 5]), y: [0, 1, 2, 3] };
    const steep = { accumulate: 2, init: uniform({ bound: 100 }) };
    const [with_, without] = [true, true].map((skipNonFinite) => trainer(sgd({ lr: 0.1 }), { ...steep, skipNonFinite }));
    with_!.step(batch(4, 0));
    expect(with_!.step(huge)).toMatchObject({ skipped: true, updated: false });
    with_!.step(batch(4, 1));
    without!.step(batch(4, 0));
    without!.step(batch(4, 1));
    expect(bytesOf(with_!)).toEqual(bytesOf(without!));
    expect(() => trainer(sgd({ lr: 0.1 }), steep).step(huge)).toThrow(EngineError);
  });

  it('are summed over the end of an epoch', async () => {
    const { x, y } = batch(12, 0);
    const data = fromArrays({ x: x as never, y: y as number[] });
    const of = trainer(sgd({ lr: 0.1 }), { accumulate: 2 });
    const updated: boolean[] = [];
    for await (const report of of.fit(data, { batchSize: 4, epochs: 2 })) if (report.kind === 'step') updated.push(report.updated);
    expect(updated).toEqual([false, true, false, true, false, true]);
  });

  it.each([0, 1.5, '2' as never])('are a whole number of batches, not %s', (accumulate) => {
    expect(() => trainer(sgd({ lr: 0.1 }), { accumulate })).toThrow(/accumulate: expected a whole number from 1 on/);
  });
});
