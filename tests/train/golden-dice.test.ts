/** Dice loss of several classes and its gradient, against PyTorch in float64 (golden/dice.py). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../ts/contract/train/words.js';
import { graph, identity, input } from '../../ts/ops/layers.js';
import { encode } from '../../ts/program/words.js';
import type { TrainEngine } from '../../ts/train/engine.js';
import { crossEntropy, dice } from '../../ts/train/losses.js';
import { trainProgram } from '../../ts/train/program.js';
import { TRAIN_ENGINES } from '../support/train.js';
import cases from './golden/dice.json';

/** Loss and gradient of what is judged, by the engine. */
function run(engine: TrainEngine, { shape, x, y, options }: (typeof cases)[number], weight: number) {
  const port = input(shape);
  const net = graph({ x: port }, { y: identity()(port) });
  const losses = [dice({ softmax: true, ...options, weight })];
  const program = trainProgram({ graph: net, inputShapes: [shape], trainable: new Set(), training: true, losses, inputGradients: true });
  const id = engine.compile(encode(program, (name) => name, VERSION));
  program.fed.forEach(({ name }, i) => {
    if (name === 'x') engine.input(id, i).set(x);
    if (name === 'target') engine.input(id, i).set(y);
  });
  engine.runSteps(id, 0, program.steps.length);
  const [loss, gradient] = ['loss', 'gradient x'].map((name) => engine.output(id, program.kept.length + program.answers.findIndex((answer) => answer.name === name)).slice());
  engine.release(id);
  return { loss: loss![0]!, gradient: gradient! };
}

describe.each(TRAIN_ENGINES)('%s', (_, open) => {
  let engine: TrainEngine;
  let close: () => Promise<void>;
  beforeAll(async () => void ({ engine, close } = await open()));
  afterAll(() => close());

  test.each(cases)('$name', (item) => {
    for (const weight of [1, 0.25]) {
      const { loss, gradient } = run(engine, item, weight);
      expect(Math.abs(loss - item.loss)).toBeLessThanOrEqual(1e-6 * item.loss);
      const largest = Math.max(...item.gradient.map(Math.abs));
      const worst = Math.max(...item.gradient.map((slope, i) => Math.abs(gradient[i]! - weight * slope)));
      expect(worst).toBeLessThanOrEqual(1e-6 * weight * largest);
    }
  });
});

test('a loss that judges classes takes maps with class indices', () => {
  expect(dice({ softmax: true })).toMatchObject({ kind: 'softDice', smooth: 1, batch: false, background: true, ignoreIndex: -100 });
  const port = input([2, 3]);
  const net = graph({ x: port }, { y: identity()(port) });
  const program = (losses: ReturnType<typeof dice>[]): unknown => trainProgram({ graph: net, inputShapes: [[2, 3]], trainable: new Set(), training: true, losses, inputGradients: true });
  expect(() => program([dice({ softmax: true })])).toThrow(/expected \[N, C, H, W\] for dice with softmax, got \[2, 3\]/);
  expect(program([crossEntropy()])).toBeDefined();
});

test.each(['batch', 'background', 'ignoreIndex'] as const)('%s without softmax is refused', (name) => {
  expect(() => dice({ [name]: name === 'ignoreIndex' ? 255 : true })).toThrow(new RegExp(`dice: ${name}: expected softmax: true`));
});

test('an index to ignore that is no whole number is refused', () => {
  expect(() => dice({ softmax: true, ignoreIndex: 0.5 })).toThrow(/ignoreIndex/);
});
