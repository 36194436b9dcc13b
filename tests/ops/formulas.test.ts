/** Layers that no golden of PyTorch has, forward and back, against their formulas in float64. */
import { describe, expect, test } from 'vitest';
import { conv2d, graph, input, pixelShuffle, pixelUnshuffle, sequential, softplus } from '../../ts/ops/layers.js';
import type { Layer } from '../../ts/ops/layers.js';
import { Session } from '../../ts/session/session.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { count } from '../../ts/tensor/shape.js';
import { vjpOf } from '../../ts/train/vjp.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';
import { formula, formulaSource } from '../golden/formula.js';
import { openTrain, TRAIN_VARIANTS } from '../support/train.js';

interface Case {
  readonly layer: Layer;
  readonly shape: readonly number[];
  readonly outShape: readonly number[];
  readonly of: (x: readonly number[]) => number[];
}

/** For each element of [N, C, H, W], the one of [N, C * r^2, H / r, W / r] that becomes it: PyTorch's definition. */
function shuffled([n = 0, c = 0, h = 0, w = 0]: readonly number[], r: number): number[] {
  return Array.from({ length: n * c * h * w }, (_, at) => {
    const [column, line, channel, image] = [at % w, Math.floor(at / w) % h, Math.floor(at / (w * h)) % c, Math.floor(at / (w * h * c))];
    const from = channel * r * r + (line % r) * r + (column % r);
    return ((image * c * r * r + from) * (h / r) + Math.floor(line / r)) * (w / r) + Math.floor(column / r);
  });
}

const FINE = shuffled([2, 3, 4, 6], 2);

const CASES: Readonly<Record<string, Case>> = {
  softplus: { layer: softplus(), shape: [2, 3, 5], outShape: [2, 3, 5], of: (x) => x.map((x) => Math.log1p(Math.exp(x))) },
  pixelShuffle: { layer: pixelShuffle(2), shape: [2, 12, 2, 3], outShape: [2, 3, 4, 6], of: (x) => FINE.map((from) => x[from]!) },
  pixelUnshuffle: {
    layer: pixelUnshuffle(2), shape: [2, 3, 4, 6], outShape: [2, 12, 2, 3],
    of: (x) => x.map((_, coarse) => x[FINE.indexOf(coarse)]!),
  },
};

function expectNear(got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(got[i]! - value), `element ${i}`).toBeLessThanOrEqual(tolerance));
}

describe.each(Object.entries(CASES))('%s', (name, { layer, shape, outShape, of }) => {
  const x = input(shape);
  const net = graph({ x }, { y: layer(x) });
  const data = formula(name, count(shape)!, 0, 4);

  test.each(RUNNABLE)('%s: its values', (variant) => {
    const session = new Session(openVariant(variant), net, formulaSource([]));
    const { y } = session.run({ x: tensor(data, shape) });
    expect(y!.shape).toEqual(outShape);
    expectNear(y!.data as Float32Array, of([...data]), 1e-6);
    session.dispose();
  });

  test.each(TRAIN_VARIANTS)('%s: its gradient', (variant) => {
    const dy = formula(`${name}.dy`, count(outShape)!, 0, 1);
    const { gradients } = vjpOf(openTrain(variant), net, {
      weights: new Map(), inputs: new Map([['x', { shape, data }]]), upstream: new Map([['y', { shape: outShape, data: dy }]]), training: true,
    });
    const loss = (at: number, step: number): number => of([...data].map((x, i) => (i === at ? x + step : x))).reduce((sum, y, i) => sum + y * dy[i]!, 0);
    const expected = [...data].map((_, at) => (loss(at, 1e-4) - loss(at, -1e-4)) / 2e-4);
    expectNear(gradients.get('x')!.data, expected, 1e-6);
  });
});

test.each(RUNNABLE)('%s: softplus is a part of the convolution before it', (variant) => {
  const x = input([1, 2, 5, 5]);
  const net = graph({ x }, { y: sequential([conv2d(2, 3, 3), softplus()])(x) });
  const session = new Session(openVariant(variant), net, formulaSource(net.params.map(({ name, shape }) => [name, shape, 0, 1] as const)));
  const { steps } = session.profile({ x: tensor(formula('x', 50, 0, 1), [1, 2, 5, 5]) }, 1);
  expect(steps.filter(({ type }) => type === 'Activation')).toEqual([]);
  session.dispose();
});
