/** Each loss and its gradient, against PyTorch in float64. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainEngine } from '../../ts/train/engine.js';
import { graph, identity, input } from '../../ts/ops/layers.js';
import { bceWithLogits, crossEntropy, huber, l1, mse, smoothL1 } from '../../ts/train/losses.js';
import type { Loss } from '../../ts/train/loss.js';
import { VERSION } from '../../ts/contract/train/words.js';
import { encode } from '../../ts/program/words.js';
import { trainProgram } from '../../ts/train/program.js';
import { expectClose, made, target } from '../support/golden-values.js';
import type { ExpectedRecord, FormulaRecord } from '../support/golden-values.js';
import { TRAIN_ENGINES } from '../support/train.js';
import cases from './golden/losses.json';

interface Case {
  readonly name: string;
  readonly input: FormulaRecord;
  readonly target: Parameters<typeof target>[0];
  readonly expected: readonly ExpectedRecord[];
}

const LOSSES: Readonly<Record<string, Loss>> = {
  cross_entropy: crossEntropy(),
  cross_entropy_smooth: crossEntropy({ labelSmoothing: 0.1 }),
  cross_entropy_weight: crossEntropy({ classWeights: [1, 2, 0.5, 1, 3] }),
  cross_entropy_maps: crossEntropy(),
  cross_entropy_large: crossEntropy(),
  bce_logits: bceWithLogits(),
  bce_logits_pos: bceWithLogits({ posWeight: 2.5 }),
  mse: mse(),
  l1: l1(),
  smooth_l1: smoothL1({ beta: 0.5 }),
  huber: huber({ delta: 0.7 }),
};

describe.each(TRAIN_ENGINES)('%s', (_, open) => {
  let engine: TrainEngine;
  let close: () => Promise<void>;
  beforeAll(async () => void ({ engine, close } = await open()));
  afterAll(() => close());
  test.each(cases as readonly Case[])('$name', (item) => {
    const x = input(item.input.shape);
    const net = graph({ x }, { y: identity()(x) });
    const loss = LOSSES[item.name]!;
    const program = trainProgram({ graph: net, inputShapes: [item.input.shape], trainable: new Set(), training: true, losses: [loss], inputGradients: true });
    const id = engine.compile(encode(program, (weight) => weight, VERSION));
    program.fed.forEach(({ name }, i) => {
      if (name === 'x') engine.input(id, i).set(made(item.input).data);
      if (name === 'target') engine.input(id, i).set(target(item.target).data);
    });
    if (loss.kind === 'crossEntropy' && loss.classWeights) engine.input(id, program.fed.length).set(loss.classWeights);
    engine.runSteps(id, 0, program.steps.length);
    const answer = (name: string) => {
      const at = program.answers.findIndex((port) => port.name === name);
      return { shape: program.answers[at]!.shape, data: engine.output(id, program.kept.length + at).slice() };
    };
    expectClose((name) => answer(name === 'loss' ? 'loss' : 'gradient x'), item.expected);
    engine.release(id);
  });
});

test('every case of the goldens is run', () => {
  expect((cases as readonly Case[]).map(({ name }) => name).sort()).toEqual(Object.keys(LOSSES).sort());
});
