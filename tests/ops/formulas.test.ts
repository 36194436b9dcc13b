/** Layers that no golden of PyTorch has, forward and back, against their formulas in float64. */
import { describe, expect, test } from 'vitest';
import {
  add, cat, celu, channelShuffle, channelsLast, channelsSecond, chunk, conv2d, dropout, elu, graph, input, layerNorm, layerNorm2d, layerScale, linear, mish, narrow, permute, pixelShuffle,
  pixelUnshuffle, relu, selu, sequential, softplus, softsign, stochasticDepth, upsampleLike,
} from '../../ts/ops/layers.js';
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
  /** `params`: in the order of the graph's. */
  readonly of: (x: readonly number[], params: readonly (readonly number[])[]) => number[];
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

type Index = readonly number[];

/** Elements of a tensor of this shape, each from its index. */
function filled(shape: Index, of: (index: Index) => number): number[] {
  return Array.from({ length: count(shape)! }, (_, at) => {
    const index = [...shape];
    for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) [index[axis], rest] = [rest % shape[axis]!, Math.floor(rest / shape[axis]!)];
    return of(index);
  });
}

/** The element of a row-major tensor. */
const at = (x: Index, shape: Index, index: Index): number => x[index.reduce((sum, i, axis) => sum * shape[axis]! + i, 0)]!;

/** Lines along an axis brought to mean 0 and variance 1, times weight, plus bias. */
function normalized(x: Index, shape: Index, axis: number, [weight = [], bias = []]: readonly Index[], eps: number): number[] {
  const size = shape[axis]!;
  return filled(shape, (index) => {
    const row = Array.from({ length: size }, (_, i) => at(x, shape, index.with(axis, i)));
    const mean = row.reduce((a, b) => a + b) / size;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / size;
    return ((at(x, shape, index) - mean) / Math.sqrt(variance + eps)) * weight[index[axis]!]! + bias[index[axis]!]!;
  });
}

/** PyTorch's bilinear without aligned corners, from 3x2 to 5x4. */
function bilinear(x: Index): number[] {
  return filled([2, 2, 5, 4], ([n, c, y, column]) => {
    const taps = (out: number, size: number, to: number): [number, number, number] => {
      const from = Math.max(0, ((out + 0.5) * size) / to - 0.5);
      const first = Math.floor(from);
      return [first, Math.min(first + 1, size - 1), from - first];
    };
    const [[top, bottom, v], [left, right, h]] = [taps(y!, 3, 5), taps(column!, 2, 4)];
    const of = (line: number, col: number): number => at(x, [2, 2, 3, 2], [n!, c!, line, col]);
    return (1 - v) * ((1 - h) * of(top, left) + h * of(top, right)) + v * ((1 - h) * of(bottom, left) + h * of(bottom, right));
  });
}

/** What `upsampleLike` is to be as large as: a map of twice the channels, 5x4, of which only the size counts. */
const larger: Layer = conv2d(2, 4, 1, { padding: 1, bias: false, name: 'larger' });

const MAP = [2, 6, 3, 2] as const;

const CASES: Readonly<Record<string, Case>> = {
  elu: { layer: elu(0.5), shape: [2, 3, 5], outShape: [2, 3, 5], of: (x) => x.map((x) => (x > 0 ? x : 0.5 * Math.expm1(x))) },
  celu: { layer: celu(2), shape: [2, 3, 5], outShape: [2, 3, 5], of: (x) => x.map((x) => (x > 0 ? x : 2 * Math.expm1(x / 2))) },
  selu: { layer: selu(), shape: [2, 3, 5], outShape: [2, 3, 5], of: (x) => x.map((x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))) },
  mish: { layer: mish(), shape: [2, 3, 5], outShape: [2, 3, 5], of: (x) => x.map((x) => x * Math.tanh(Math.log1p(Math.exp(x)))) },
  softsign: { layer: softsign(), shape: [2, 3, 5], outShape: [2, 3, 5], of: (x) => x.map((x) => x / (1 + Math.abs(x))) },
  softplus: { layer: softplus(), shape: [2, 3, 5], outShape: [2, 3, 5], of: (x) => x.map((x) => Math.log1p(Math.exp(x))) },
  pixelShuffle: { layer: pixelShuffle(2), shape: [2, 12, 2, 3], outShape: [2, 3, 4, 6], of: (x) => FINE.map((from) => x[from]!) },
  pixelUnshuffle: {
    layer: pixelUnshuffle(2), shape: [2, 3, 4, 6], outShape: [2, 12, 2, 3],
    of: (x) => x.map((_, coarse) => x[FINE.indexOf(coarse)]!),
  },
  'permute of a map': { layer: permute([2, 0, 3, 1]), shape: MAP, outShape: [3, 2, 2, 6], of: (x) => filled([3, 2, 2, 6], ([h, n, w, c]) => at(x, MAP, [n!, c!, h!, w!])) },
  'permute of a map whose channels lie last': {
    layer: sequential([relu(), channelsLast(), permute([0, 2, 1, 3])]), shape: MAP, outShape: [2, 2, 3, 6],
    of: (x) => filled([2, 2, 3, 6], ([n, w, h, c]) => Math.max(0, at(x, MAP, [n!, c!, h!, w!]))),
  },
  'permute of rows': { layer: permute([1, 0]), shape: [3, 4], outShape: [4, 3], of: (x) => filled([4, 3], ([i, row]) => at(x, [3, 4], [row!, i!])) },
  'narrow of channels': { layer: narrow(1, 2, 3), shape: MAP, outShape: [2, 3, 3, 2], of: (x) => filled([2, 3, 3, 2], ([n, c, h, w]) => at(x, MAP, [n!, c! + 2, h!, w!])) },
  'narrow of columns': { layer: narrow(-1, 1, 1), shape: MAP, outShape: [2, 6, 3, 1], of: (x) => filled([2, 6, 3, 1], ([n, c, h]) => at(x, MAP, [n!, c!, h!, 1])) },
  'narrow of images': { layer: narrow(0, 1, 1), shape: MAP, outShape: [1, 6, 3, 2], of: (x) => x.slice(36) },
  'narrow of rows': { layer: narrow(1, 1, 2), shape: [3, 4], outShape: [3, 2], of: (x) => filled([3, 2], ([row, i]) => at(x, [3, 4], [row!, i! + 1])) },
  'chunks in another order': {
    layer: (x) => cat(chunk(x, 4).reverse()), shape: MAP, outShape: MAP,
    of: (x) => filled(MAP, ([n, c, h, w]) => at(x, MAP, [n!, [4, 5, 2, 3, 0, 1][c!]!, h!, w!])),
  },
  channelShuffle: { layer: channelShuffle(2), shape: MAP, outShape: MAP, of: (x) => filled(MAP, ([n, c, h, w]) => at(x, MAP, [n!, (c! % 2) * 3 + (c! >> 1), h!, w!])) },
  'channelShuffle of 3 groups': { layer: channelShuffle(3), shape: MAP, outShape: MAP, of: (x) => filled(MAP, ([n, c, h, w]) => at(x, MAP, [n!, (c! % 3) * 2 + Math.floor(c! / 3), h!, w!])) },
  'a linear layer on pixels': {
    layer: sequential([channelsLast(), linear(6, 2), channelsSecond()]), shape: MAP, outShape: [2, 2, 3, 2],
    of: (x, [weight, bias]) => filled([2, 2, 3, 2], ([n, o, h, w]) => Array.from({ length: 6 }, (_, c) => at(x, MAP, [n!, c, h!, w!]) * at(weight!, [2, 6], [o!, c])).reduce((a, b) => a + b, bias![o!]!)),
  },
  channelsLast: { layer: channelsLast(), shape: MAP, outShape: [2, 3, 2, 6], of: (x) => filled([2, 3, 2, 6], ([n, h, w, c]) => at(x, MAP, [n!, c!, h!, w!])) },
  layerNorm: { layer: layerNorm(6), shape: [3, 6], outShape: [3, 6], of: (x, params) => normalized(x, [3, 6], 1, params, 1e-5) },
  'layerNorm of pixels': {
    layer: sequential([channelsLast(), layerNorm(6, { eps: 0.1 }), channelsSecond()]), shape: MAP, outShape: MAP, of: (x, params) => normalized(x, MAP, 1, params, 0.1),
  },
  layerNorm2d: { layer: layerNorm2d(6, { eps: 1e-6 }), shape: MAP, outShape: MAP, of: (x, params) => normalized(x, MAP, 1, params, 1e-6) },
  layerScale: { layer: layerScale(6, { name: 'scale' }), shape: MAP, outShape: MAP, of: (x, [scale]) => filled(MAP, (index) => at(x, MAP, index) * scale![index[1]!]!) },
  'layerScale of a residual block': {
    layer: (x) => add(layerScale(6)(relu()(x)), x), shape: MAP, outShape: MAP,
    of: (x, [scale]) => filled(MAP, (index) => Math.max(0, at(x, MAP, index)) * scale![index[1]!]! + at(x, MAP, index)),
  },
  upsampleLike: { layer: (x) => upsampleLike(x, larger(x), { mode: 'bilinear' }), shape: [2, 2, 3, 2], outShape: [2, 2, 5, 4], of: bilinear },
  'upsampleLike of the nearest': {
    layer: (x) => upsampleLike(x, larger(x)), shape: [2, 2, 3, 2], outShape: [2, 2, 5, 4],
    of: (x) => filled([2, 2, 5, 4], ([n, c, h, w]) => at(x, [2, 2, 3, 2], [n!, c!, Math.floor((h! * 3) / 5), w! >> 1])),
  },
  'stochasticDepth that drops nothing': { layer: stochasticDepth(0), shape: MAP, outShape: MAP, of: (x) => [...x] },
};

function expectNear(got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(got[i]! - value), `element ${i}`).toBeLessThanOrEqual(tolerance));
}

describe.each(Object.entries(CASES))('%s', (name, { layer, shape, outShape, of }) => {
  const x = input(shape);
  const net = graph({ x }, { y: layer(x) });
  const data = formula(name, count(shape)!, 0, 4);
  const records = net.params.map(({ name, shape }) => [name, shape, 0.5, 1] as const);
  const params = records.map(([name, shape, offset, scale]) => formula(name, count(shape)!, offset, scale));
  const numbers: readonly (readonly number[])[] = params.map((values) => [...values]);

  test.each(RUNNABLE)('%s: its values', (variant) => {
    const session = new Session(openVariant(variant), net, formulaSource(records));
    const { y } = session.run({ x: tensor(data, shape) });
    expect(y!.shape).toEqual(outShape);
    expectNear(y!.data as Float32Array, of([...data], numbers), 5e-6);
    session.dispose();
  });

  test.each(TRAIN_VARIANTS)('%s: its gradients', (variant) => {
    const dy = formula(`${name}.dy`, count(outShape)!, 0, 1);
    const { outputs, gradients } = vjpOf(openTrain(variant), net, {
      weights: new Map(net.params.map(({ name, shape }, i) => [name, { shape, data: params[i]! }])),
      inputs: new Map([['x', { shape, data }]]), upstream: new Map([['y', { shape: outShape, data: dy }]]), training: true,
    });
    const loss = (x: readonly number[], params: readonly (readonly number[])[]): number => of(x, params).reduce((sum, y, i) => sum + y * dy[i]!, 0);
    const slopes = (values: readonly number[], at: (moved: readonly number[]) => number): number[] =>
      values.map((value, i) => (at(values.with(i, value + 1e-4)) - at(values.with(i, value - 1e-4))) / 2e-4);
    expectNear(outputs.get('y')!.data, of([...data], numbers), 5e-6);
    expectNear(gradients.get('x')!.data, slopes([...data], (x) => loss(x, numbers)), 1e-5);
    net.params.forEach((param, i) => {
      // What nothing depends on has no gradient.
      const got = gradients.get(param.name)?.data ?? numbers[i]!.map(() => 0);
      expectNear(got, slopes(numbers[i]!, (values) => loss([...data], numbers.with(i, values))), 2e-5);
    });
  });
});

test.each(TRAIN_VARIANTS)('%s: stochastic depth drops whole images, and their gradients with them', (variant) => {
  const shape = [40, 2, 3, 3];
  const x = input(shape);
  const [data, dy] = [formula('x', count(shape)!, 2, 1), formula('dy', count(shape)!, 2, 1)];
  const net = graph({ x }, { y: stochasticDepth(0.25)(x) });
  const vjp = (training: boolean) => vjpOf(openTrain(variant), net, {
    weights: new Map(), inputs: new Map([['x', { shape, data }]]), upstream: new Map([['y', { shape, data: dy }]]), training,
  });
  const { outputs, gradients } = vjp(true);
  const [y, dx] = [outputs.get('y')!.data, gradients.get('x')!.data];
  const kept = Array.from({ length: 40 }, (_, image) => y[18 * image] !== 0);
  expect(kept.filter((one) => one).length).toBeGreaterThan(20);
  expect(kept.filter((one) => !one).length).toBeGreaterThan(2);
  const factor = (i: number): number => (kept[Math.floor(i / 18)] ? 1 / 0.75 : 0);
  expectNear(y, [...data].map((value, i) => value * factor(i)), 1e-6);
  expectNear(dx, [...dy].map((value, i) => value * factor(i)), 1e-6);
  expectNear(vjp(false).outputs.get('y')!.data, [...data], 0);
});

test('what does not fit is refused where the network is written', () => {
  const x = input([null, 6, 4, 4]);
  expect(() => narrow(1, 4, 3)(x)).toThrow('Slice: expected a part of the 6 elements of dimension 1, got 3 from 4 on');
  expect(() => narrow(1, -1, 3)).toThrow('narrow: expected start to be a whole number from 0 on, got -1');
  expect(() => chunk(x, 0)).toThrow('chunk: expected chunks to be a whole number from 1 on, got 0');
  expect(() => chunk(x, 2, 0)).toThrow('chunk: expected a size for dimension 0, got [?, 6, 4, 4]');
  expect(() => chunk(x, 2, 4)).toThrow('chunk: expected an axis of 4 dimensions, got 4');
  expect(chunk(x, 4).map(({ shape }) => shape[1])).toEqual([2, 2, 2]);
  expect(() => permute([0, 1, 2])(x)).toThrow('Permute: expected an order of 4 dimensions, got [0, 1, 2]');
  expect(() => permute([0, 1, 2, 2])(x)).toThrow('Permute: expected an order of 4 dimensions, got [0, 1, 2, 2]');
  expect(() => permute([0, -1])).toThrow('permute: expected dimension to be a whole number from 0 on, got -1');
  expect(() => permute('0123' as never)).toThrow('permute: dims: expected an array of dimensions, got "0123"');
  expect(() => channelShuffle(4)(x)).toThrow('expected channels that 4 groups divide, got 6');
  expect(() => layerNorm(6)(x)).toThrow('expected 6 features, got [?, 6, 4, 4]');
  expect(() => layerNorm2d(5)(x)).toThrow('expected 5 input channels, got 6');
  expect(() => layerScale(5)(x)).toThrow('expected 5 input channels, got 6');
  expect(() => layerScale(6, { initial: Number.NaN })).toThrow(/layerScale: expected initial to be .*, got NaN/);
  expect(() => upsampleLike(x, input([null, 6]))).toThrow('expected a map [N, C, H, W], got [?, 6]');
  expect(() => upsampleLike(x, x, { mode: 'cubic' as 'nearest' })).toThrow('upsampleLike: expected mode to be nearest or bilinear, got "cubic"');
  for (const wrong of [Number.NaN, -0.1, 1.5, '0.5' as never]) {
    expect(() => stochasticDepth(wrong)).toThrow(/stochasticDepth: expected probability to be a number from 0 to 1, got/);
    expect(() => dropout(wrong)).toThrow(/dropout: expected probability to be a number from 0 to 1, got/);
  }
  for (const right of [0, 1]) expect([stochasticDepth(right), dropout(right)]).toHaveLength(2);
});

test.each(RUNNABLE)('%s: softplus is a part of the convolution before it', (variant) => {
  const x = input([1, 2, 5, 5]);
  const net = graph({ x }, { y: sequential([conv2d(2, 3, 3), softplus()])(x) });
  const session = new Session(openVariant(variant), net, formulaSource(net.params.map(({ name, shape }) => [name, shape, 0, 1] as const)));
  const { steps } = session.profile({ x: tensor(formula('x', 50, 0, 1), [1, 2, 5, 5]) }, 1);
  expect(steps.filter(({ type }) => type === 'Activation')).toEqual([]);
  session.dispose();
});
