/** Losses of boxes and losses with a weight for each element, through a whole program, against PyTorch and torchvision in float64. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../ts/contract/train/words.js';
import { graph, identity, input } from '../../ts/ops/layers.js';
import { encode } from '../../ts/program/words.js';
import { fedNumbers, targetsOf } from '../../ts/train/batch.js';
import type { TrainEngine } from '../../ts/train/engine.js';
import { bceWithLogits, boxIou, crossEntropy } from '../../ts/train/losses.js';
import type { Loss } from '../../ts/train/loss.js';
import type { BoxIouOptions } from '../../ts/train/losses.js';
import { trainProgram } from '../../ts/train/program.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { TRAIN_ENGINES } from '../support/train.js';
import cases from './golden/weighted.json';

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly of?: string;
  readonly form?: string;
  readonly dim?: number;
  readonly posWeight?: number;
  readonly smoothing?: number;
  readonly classWeights?: readonly number[] | null;
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly target: readonly number[];
  readonly weights: readonly number[];
  readonly divisor: number | null;
  readonly loss: number;
  readonly gradient: readonly number[];
}

function lossOf({ kind, of, form, dim, posWeight, smoothing, classWeights, divisor }: Case): Loss {
  const common = { weighted: true, divisor: divisor ?? undefined };
  if (kind === 'boxIou') return boxIou({ kind: of, form, dim, divisor: common.divisor } as BoxIouOptions);
  return kind === 'bceWithLogits' ? bceWithLogits({ ...common, posWeight }) : crossEntropy({ ...common, labelSmoothing: smoothing, classWeights: classWeights ?? undefined });
}

/** Rows of `parts`, one behind the other: `[n, a]` and `[n, b]` to `[n, a + b]`. */
function side(n: number, ...parts: (readonly number[])[]): Float32Array {
  const rows = Array.from({ length: n }, (_, i) => parts.flatMap((part) => part.slice((i * part.length) / n, ((i + 1) * part.length) / n)));
  return Float32Array.from(rows.flat());
}

/** The target as a batch has it. */
function targetOf({ kind, dim, shape, target, weights }: Case): Tensor {
  const [n = 1, ...rest] = shape;
  if (kind === 'boxIou') return dim === 1 ? tensor(side(n, target, weights), [n, 5, ...rest.slice(1)]) : tensor(side(n, target, weights), [n, 5]);
  return tensor(side(n, target, weights), [n, 2, ...(kind === 'crossEntropy' ? rest.slice(1) : rest)]);
}

describe.each(TRAIN_ENGINES)('%s', (_, open) => {
  let engine: TrainEngine;
  let close: () => Promise<void>;
  beforeAll(async () => void ({ engine, close } = await open()));
  afterAll(() => close());

  test.each(cases as readonly Case[])('$name', (item) => {
    const x = input(item.shape);
    const loss = lossOf(item);
    const program = trainProgram({ graph: graph({ x }, { y: identity()(x) }), inputShapes: [item.shape], trainable: new Set(), training: true, losses: [loss], inputGradients: true });
    const id = engine.compile(encode(program, (weight) => weight, VERSION));
    const targets = fedNumbers(targetsOf([{ loss, shape: item.shape }], targetOf(item)));
    const fed = { x: item.x, target: targets[0]!.data, weights: targets[1]!.data };
    program.fed.forEach(({ name }, i) => {
      if (name in fed) engine.input(id, i).set(fed[name as keyof typeof fed]);
    });
    if (item.classWeights) engine.input(id, program.fed.length).set(item.classWeights);
    engine.runSteps(id, 0, program.steps.length);
    const answer = (name: string): Float32Array => engine.output(id, program.kept.length + program.answers.findIndex((port) => port.name === name)).slice();
    const largest = Math.max(...item.gradient.map(Math.abs));
    expect(Math.abs(answer('loss')[0]! - item.loss)).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(item.loss)));
    const off = [...answer('gradient x')].map((value, i) => Math.abs(value - item.gradient[i]!));
    expect(off.filter((one) => !(one <= 2e-6 * largest))).toEqual([]);
    expect(off).toHaveLength(item.gradient.length);
    engine.release(id);
  });
});

test('there are cases of each loss', () => {
  expect(new Set((cases as readonly Case[]).map(({ kind }) => kind))).toEqual(new Set(['boxIou', 'bceWithLogits', 'crossEntropy']));
});
