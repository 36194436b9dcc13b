/** The numbers of a lecture on convolutional networks, on every variant and algorithm that runs here. */
import { describe, expect, test } from 'vitest';
import { Session } from '../../ts/session/session.js';
import type { Algorithm } from '../../ts/session/algorithm.js';
import type { Variant } from '../../ts/wasm/variant.js';
import { sourceOf, store } from '../../ts/formats/stored.js';
import { avgPool2d, conv2d, linear, maxPool2d, relu, relu6, toGraph, sequential } from '../../ts/ops/layers.js';
import type { Layer } from '../../ts/ops/layers.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';

const ALGORITHMS: readonly Algorithm[] = ['auto', 'naive', 'im2col', 'blocked', 'packed'];

function compute(layer: Layer, side: number, values: readonly number[], kernel?: readonly number[], on?: [Variant, Algorithm]): number[] {
  const [variant, algorithm] = on ?? ['scalar', 'auto'];
  const graph = toGraph(sequential({ layer }, { input: [1, 1, side, side] }));
  const size = Math.sqrt(kernel?.length ?? 0);
  const weights = kernel ? [store('layer.weight', tensor(kernel, [1, 1, size, size]))] : [];
  const session = new Session(openVariant(variant), graph, sourceOf(weights), { algorithm });
  const { output } = session.run(tensor(values, [1, 1, side, side]));
  session.dispose();
  return [...(output?.data ?? [])];
}

const IMAGE = [7, 2, 8, 8, 4, 3, 6, 6, 6, 2, 1, 6, 3, 0, 5, 0, 3, 8, 5, 2, 3, 9, 4, 3, 6];
const LECTURE = [181, 204, 227, 195, 203, 166, 179, 206, 150];
const MAP = [12, 29, 2, 5, 21, 12, 17, 25, 18, 15, 2, 19, 17, 23, 16, 5];

describe.each(RUNNABLE)('%s', (variant) => {
  test.each(ALGORITHMS)('convolution does not flip its kernel: %s', (algorithm) => {
    const layer = conv2d(1, 1, 3, { bias: false });
    const result = compute(layer, 5, IMAGE, [5, 9, 1, 3, 8, 3, 3, 4, 6], [variant, algorithm]);
    expect(result).toEqual(LECTURE);
  });

  test('convolution by Winograd, which rounds', () => {
    const layer = conv2d(1, 1, 3, { bias: false });
    const result = compute(layer, 5, IMAGE, [5, 9, 1, 3, 8, 3, 3, 4, 6], [variant, 'winograd']);
    result.forEach((value, i) => expect(Math.abs(value - (LECTURE[i] ?? NaN))).toBeLessThan(1e-3));
    expect(result).toHaveLength(LECTURE.length);
  });

  test('ReLU', () => {
    const values = [2, 0, -1, 9, 1, -2, 2, 2, 6, -3, -2, 6, 4, 5, 9, 7, 5, 6, -3, 8, 1, 7, 5, 6, 7];
    expect(compute(relu(), 5, values, undefined, [variant, 'auto'])).toEqual(values.map((value) => Math.max(value, 0)));
    expect(compute(relu(), 1, [NaN], undefined, [variant, 'auto'])).toEqual([NaN]);
  });

  test.each([...ALGORITHMS, 'winograd'] as const)('a NaN passes through the activation fused to a convolution: %s', (algorithm) => {
    const spoiled = (groups: number): readonly number[] => {
      const layers = sequential({ conv: conv2d(8, 8, 3, { bias: false, padding: 1, groups }), relu: relu6() }, { input: [1, 8, 9, 9] });
      const weights = [store('conv.weight', tensor(new Float32Array((8 / groups) * 72).fill(1), [8, 8 / groups, 3, 3]))];
      const session = new Session(openVariant(variant), toGraph(layers), sourceOf(weights), { algorithm });
      const { output } = session.run(tensor(Float32Array.from({ length: 648 }, (_, i) => (i === 40 ? NaN : 1)), [1, 8, 9, 9]));
      session.dispose();
      expect(output?.data.length).toBe(648);
      return [...(output?.data ?? [])].flatMap((value, i) => (Number.isNaN(value) ? [i] : []));
    };
    // The NaN lies in the middle of the first of eight channels: what a 3x3 window reaches it from. Winograd spreads it over its tiles.
    const around = [30, 31, 32, 39, 40, 41, 48, 49, 50];
    const everywhere = Array.from({ length: 8 }, (_, c) => around.map((at) => c * 81 + at)).flat();
    expect(spoiled(8)).toEqual(around);
    const got = spoiled(1);
    if (algorithm !== 'winograd' && algorithm !== 'auto') return expect(got).toEqual(everywhere);
    expect(got).toEqual(expect.arrayContaining(everywhere));
    // No tile of 4 x 4 outputs that sees the NaN reaches the last line or the last column.
    expect(got.filter((at) => at % 81 >= 72 || at % 9 === 8)).toEqual([]);
  });

  test('pooling', () => {
    expect(compute(avgPool2d(2), 4, MAP, undefined, [variant, 'auto'])).toEqual([18.5, 12.25, 18.25, 10.5]);
    expect(compute(maxPool2d(2), 4, MAP, undefined, [variant, 'auto'])).toEqual([29, 25, 23, 19]);
    const withNan = MAP.map((value, i) => (i === 0 ? NaN : value));
    expect(compute(maxPool2d(2), 4, withNan, undefined, [variant, 'auto'])).toEqual([NaN, 25, 23, 19]);
  });

  test('sharpen, edge and blur keep, drop and average a flat image', () => {
    const flat = new Array<number>(25).fill(9);
    const kernels = {
      sharpen: [0, -1, 0, -1, 5, -1, 0, -1, 0],
      edge: [-1, -1, -1, -1, 8, -1, -1, -1, -1],
      blur: new Array<number>(9).fill(1 / 9),
    };
    const layer = conv2d(1, 1, 3, { bias: false });
    const results = Object.values(kernels).map((kernel) => compute(layer, 5, flat, kernel, [variant, 'auto'])[4] ?? NaN);
    expect(results.map((value) => Math.round(value * 1e4) / 1e4)).toEqual([9, 0, 9]);
  });
});

test('a 5x5x3 filter over 32x32x3 gives 28x28; six of them six maps', () => {
  const graph = toGraph(sequential({ conv: conv2d(3, 6, 5) }, { input: [1, 3, 32, 32] }));
  expect(graph.values.at(-1)?.shape).toEqual([1, 6, 28, 28]);
});

test('a convolution shares its parameters, a fully connected layer of the same sizes does not', () => {
  const total = (layer: Layer): number =>
    toGraph(layer).params.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(total(conv2d(3, 6, 3))).toBe(3 * 6 * 9 + 6);
  expect(total(linear(32 * 32 * 3, 30 * 30 * 6))).toBe(32 * 32 * 3 * 30 * 30 * 6 + 30 * 30 * 6);
});
