/** Maps that are written straight into their concatenation: which are, and that it changes no bit. */
import { describe, expect, test } from 'vitest';
import { ALGORITHMS } from '../../ts/session/algorithm.js';
import { Session } from '../../ts/session/session.js';
import { withOutputs } from '../../ts/ops/with-outputs.js';
import type { Graph } from '../../ts/graph/graph.js';
import { batchNorm2d, cat, conv2d, convTranspose2d, graph, input, maxPool2d, relu, sequential, silu } from '../../ts/ops/layers.js';
import type { Value } from '../../ts/ops/layers.js';
import { squeezenet1_1, unet } from '../../ts/models/index.js';
import { buildPlan } from '../../ts/program/plan.js';
import type { LayerSummary, PlanOptions } from '../../ts/program/plan.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';
import { formulaSource } from '../golden/formula.js';

const X = input([2, 3, 8, 6]);
const pointwise = (name: string) => conv2d(3, 5, 1, { name });
const square = (name: string) => conv2d(3, 6, 3, { padding: 1, name });
const [wide, deep] = [conv2d(3, 8, 5, { padding: 2, name: 'wide' }), conv2d(3, 3, 3, { padding: 1, groups: 3, name: 'deep' })];
const up = convTranspose2d(3, 4, 2, { stride: 2, name: 'up' });

/** [what, the values that are put together, along which dimension, how many of them are copied] */
const CASES: readonly (readonly [string, () => readonly Value[], number, number])[] = [
  ['a fire module', () => [relu()(pointwise('a')(X)), relu()(square('b')(X))], 1, 0],
  ['four convolutions of all kinds', () => [silu()(square('a')(X)), deep(X), wide(X), pointwise('b')(X)], -3, 0],
  ['in another order than they are computed', () => { const [a, b] = [pointwise('a')(X), square('b')(X)]; return [b, a]; }, 1, 0],
  ['one alone', () => [sequential([square('a'), batchNorm2d(6)])(X)], 1, 0],
  ['the decoder of a U-Net', () => [X, up(maxPool2d(2)(X))], 1, 1],
  ['an input, and a map in between', () => [square('a')(X), X, pointwise('b')(X)], 1, 1],
  ['a pooled map', () => [maxPool2d(3, { stride: 1, padding: 1 })(X), square('a')(X)], 1, 1],
  ['a map twice', () => { const a = square('a')(X); return [a, a]; }, 1, 2],
  ['a map that another layer reads', () => { const a = conv2d(3, 3, 1, { name: 'a' })(X); return [a, square('b')(a)]; }, 1, 1],
  ['a concatenation in a concatenation', () => [cat([pointwise('a')(X), pointwise('b')(X)]), pointwise('c')(X)], 1, 1],
  ['along the height', () => [square('a')(X), square('b')(X)], 2, 2],
  ['along the batch', () => [square('a')(X), square('b')(X)], 0, 2],
];

const source = (net: Graph) => formulaSource(net.params.map(({ name, shape }) => [name, shape, shape.length === 1 ? 0.6 : 0, 0.5] as const));
const image = tensor(Float32Array.from({ length: 288 }, (_, i) => Math.sin(i)), [2, 3, 8, 6]);

/** How many values the last concatenation copies. */
function copied(net: Graph, shape: readonly number[], options?: PlanOptions): number {
  const plan = buildPlan(net, [shape], source(net), options);
  const [step] = plan.layers.filter(({ type }) => type === 'Concat').at(-1)?.steps ?? [];
  if (step === undefined) return 0;
  const words = plan.words(() => 0);
  // Past the head, the values, inputs and outputs: op code and length of each step.
  let at = 6 + (words[2] ?? 0) + (words[3] ?? 0) + (words[4] ?? 0);
  for (let before = 0; before < step; before += 1) at += 2 + (words[at + 1] ?? 0);
  return words[at + 5] ?? 0;
}

describe.each(CASES)('%s', (_, make, dim, copies) => {
  const parts = make();
  const y = maxPool2d(2)(cat(parts, dim));
  const net = graph({ X }, { y });

  test('is written where it belongs, where nothing else reads it', () => {
    expect(copied(net, image.shape)).toBe(copies);
    expect(copied(net, image.shape, { optimize: false })).toBe(parts.length);
  });

  test('has the bits of the copy', () => {
    // What is an output lies where it can be read, and is copied.
    const taps = Object.fromEntries([...new Set(parts)].map((part, i) => [`part${i}`, part]));
    const tapped = graph({ X }, { ...taps, y });
    expect(copied(tapped, image.shape)).toBe(parts.length);
    for (const variant of RUNNABLE) {
      for (const algorithm of ALGORITHMS) {
        const run = (of: Graph) => new Session(openVariant(variant), of, source(of), { algorithm }).run(image)['y'];
        const [joined, separate] = [run(net), run(tapped)];
        expect(joined?.data.every(Number.isFinite)).toBe(true);
        expect(joined, `${variant}, ${algorithm}`).toEqual(separate);
      }
    }
  });
});

const concats = (net: Graph, shape: readonly number[]): readonly LayerSummary[] =>
  buildPlan(net, [shape], source(net)).layers.filter(({ type }) => type === 'Concat');

test('the concatenation may itself be an output', () => {
  const net = graph({ X }, { y: cat([pointwise('a')(X), square('b')(X)]) });
  expect(copied(net, image.shape)).toBe(0);
  const apart = withOutputs(net, ['y', ...Object.keys(net.modules)]);
  expect(copied(apart, image.shape)).toBe(2);
  const run = (of: Graph) => new Session(openVariant('simd'), of, source(of)).run(image)['y'];
  expect(run(net)).toEqual(run(apart));
});

test('the fire modules of SqueezeNet have no step of their own, the skips of a U-Net are copied', () => {
  expect(concats(squeezenet1_1(), [1, 3, 64, 64]).map(({ steps }) => steps)).toEqual(Array.from({ length: 8 }, () => []));
  expect(concats(unet(), [1, 3, 32, 32]).map(({ steps }) => steps.length)).toEqual([1, 1, 1, 1]);
  expect(copied(unet(), [1, 3, 32, 32])).toBe(1);
});
