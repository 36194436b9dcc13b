/** Each optimiser and schedule over 12 updates with given gradients, against PyTorch in float64. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainEngine } from '../../ts/train/engine.js';
import { gradientNorms } from '../../ts/contract/train/steps.js';
import { HYPER_RATES, HYPER_STEP } from '../../ts/contract/train/limits.js';
import { VERSION } from '../../ts/contract/train/words.js';
import { encode } from '../../ts/program/words.js';
import { adam, adamw, rmsprop, sgd, stateSlots } from '../../ts/train/optimizers.js';
import type { Optimizer } from '../../ts/train/optimizers.js';
import { updateStep } from '../../ts/train/program.js';
import { cosine, oneCycle, rateAt, stepDecay } from '../../ts/train/schedules.js';
import { expectClose, made, product } from '../support/golden-values.js';
import type { ExpectedRecord, FormulaRecord } from '../support/golden-values.js';
import { TRAIN_ENGINES } from '../support/train.js';
import cases from './golden/optimisers.json';

interface Case {
  readonly name: string;
  readonly steps: number;
  readonly clip: number | null;
  readonly rates: readonly number[];
  readonly params: readonly FormulaRecord[];
  readonly gradients: { readonly scale: number };
  readonly expected: readonly ExpectedRecord[];
}

const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ lr: 0.1 }),
  sgd_momentum: sgd({ lr: 0.1, momentum: 0.9, weightDecay: 1e-2 }),
  sgd_nesterov: sgd({ lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 1e-2 }),
  adam: adam({ lr: 1e-2 }),
  adam_l2: adam({ lr: 1e-2, betas: [0.8, 0.95], eps: 1e-6, weightDecay: 0.1 }),
  adamw: adamw({ lr: 1e-2, weightDecay: 0.1 }),
  rmsprop: rmsprop({ lr: 1e-2, momentum: 0.9 }),
  clipped: sgd({ lr: 0.1 }),
  not_clipped: sgd({ lr: 0.1 }),
  steps: sgd({ lr: stepDecay(0.1, { every: 3, gamma: 0.5 }) }),
  cosine: sgd({ lr: cosine(0.1, { steps: 12 }) }),
  warmup_cosine: adamw({ lr: cosine(0.1, { steps: 12, warmup: 4, start: 0.1 }) }),
  one_cycle: sgd({ lr: oneCycle(0.1, { steps: 12 }), momentum: 0.9 }),
};

test.each(cases as readonly Case[])('$name has the rates of PyTorch', ({ name, rates }) => {
  const { lr } = OPTIMIZERS[name]!;
  rates.forEach((rate, step) => expect(Math.abs(rateAt(lr, step) - rate)).toBeLessThanOrEqual(1e-12));
});

describe.each(TRAIN_ENGINES)('%s', (_, open) => {
  let engine: TrainEngine;
  let close: () => Promise<void>;
  beforeAll(async () => void ({ engine, close } = await open()));
  afterAll(() => close());
  test.each(cases as readonly Case[])('$name', (item) => {
    const { update, lr, weightDecay } = OPTIMIZERS[item.name]!;
    const lens = item.params.map(({ shape }) => product(shape));
    const slots = stateSlots(update);
    // hyper, gradients, parameters, states, norms.
    const [hyper, norms] = [0, 1];
    const grad = (i: number): number => 2 + i;
    const param = (i: number): number => 4 + i;
    const state = (i: number): number | undefined => (slots > 0 ? 6 + i : undefined);
    const common = { hyper, rate: HYPER_RATES, norms, clip: item.clip ?? 0, decay: weightDecay };
    const steps = [
      gradientNorms({ y: norms, gradients: lens.map((len, i) => ({ x: grad(i), len })) }),
      ...lens.map((len, i) => updateStep(update, { ...common, param: param(i), grad: grad(i), len }, state(i))),
    ];
    const states = slots > 0 ? [6, 7] : [];
    const kept = [4, 5, ...states];
    const all = [HYPER_RATES + 1, 2 + lens.length, ...lens, ...lens, ...(slots > 0 ? lens.map((len) => slots * len) : [])];
    const id = engine.compile(encode({ lens: all, inputs: [0, 2, 3, ...kept], outputs: [...kept, norms], steps }, (weight) => weight, VERSION));
    item.params.forEach((record, i) => engine.input(id, 3 + i).set(made(record).data));
    states.forEach((_, i) => engine.input(id, 5 + i).fill(0));
    const got = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    for (let step = 0; step < item.steps; step++) {
      const numbers = engine.input(id, 0);
      numbers.fill(0);
      numbers[HYPER_STEP] = step + 1;
      numbers[HYPER_RATES] = rateAt(lr, step);
      item.params.forEach(({ shape }, i) => {
        const formula = `grad:${item.name}.${'wb'[i]!}.${step}`;
        engine.input(id, 1 + i).set(made({ formula, shape, scale: item.gradients.scale }).data);
      });
      engine.runSteps(id, 0, steps.length);
      got.set(`norm${step}`, { shape: [1], data: engine.output(id, kept.length).slice(0, 1) });
      item.params.forEach(({ shape }, i) => got.set(`${'wb'[i]!}${step + 1}`, { shape, data: engine.output(id, i).slice() }));
    }
    engine.release(id);
    expectClose((name) => got.get(name), item.expected);
  });
});

test('every case of the goldens is run', () => {
  expect((cases as readonly Case[]).map(({ name }) => name).sort()).toEqual(Object.keys(OPTIMIZERS).sort());
});
