/** How a drawn graph grows by one layer: all that have a gradient, with options by chance. */
import {
  adaptiveAvgPool2d, add, avgPool2d, batchNorm2d, cat, conv2d, convTranspose2d, dropout, flatten, gelu, globalAvgPool2d, globalMaxPool2d, groupNorm, hardsigmoid,
  hardswish, leakyRelu, linear, localResponseNorm, logSoftmax, maxPool2d, mul, pad, prelu, relu, relu6, sigmoid, silu, softmax, tanh, upsample,
} from '../../ts/ops/layers.js';
import type { Layer, Value } from '../../ts/ops/layers.js';
import { bilinear64, binary64, cat64, CURVES, curve64, nearest64, pad64, PADDING, prelu64, reshape64 } from '../support/reference-elements.js';
import type { Curve } from '../support/reference-elements.js';
import {
  adaptive64, affine64, avgPool64, channelOf, conv2d64, convTranspose64, globalMax64, linear64, lrn64, maxPool64, normalized64, product, softmax64,
} from '../support/reference.js';
import type { Map64, Pool64, Window64 } from '../support/reference.js';
import type { Compute, Dice, Drawing } from './drawn-graph.js';

type Grow = (drawing: Drawing, dice: Dice) => void;
type Shape = readonly number[];
type Pair = readonly [number, number];

const isMap = ({ length }: Shape): boolean => length === 4;
const any = (): boolean => true;

/** One that is chosen where one fits. */
const on = (fits: (shape: Shape) => boolean, grow: (drawing: Drawing, dice: Dice, id: number, shape: Shape) => void): Grow => (drawing, dice) => {
  const id = drawing.choose(dice, fits);
  if (id !== undefined) grow(drawing, dice, id, drawing.shape(id));
};

/** A kernel that fits into a map, and how it walks over it. Paddings stay below the kernel. */
function windowFor(dice: Dice, [, , h = 1, w = 1]: Shape, strides: readonly number[]): Window64 {
  const pads = [0, 0, 0, 0].map(() => dice.pick([0, 0, 1, 2])) as [number, number, number, number];
  // Of one row, a dilated window may see nothing but padding.
  const dilation: Pair = dice.once(3) && Math.min(h, w) > 1 ? [2, dice.pick([1, 2])] : [1, 1];
  const kernel = ([h, w] as const).map((size, axis) => {
    const most = Math.floor((size + pads[axis]! + pads[axis + 2]! - 1) / dilation[axis]!) + 1;
    return Math.min(most, dice.pick([1, 2, 3, 3, 5]));
  }) as [number, number];
  const pad = pads.map((amount, i) => Math.min(amount, dilation[i % 2]! * (kernel[i % 2]! - 1))) as [number, number, number, number];
  return { kernel, stride: [dice.pick(strides), dice.pick(strides)], pad, dilation };
}

const convolution: Grow = on(isMap, (drawing, dice, id, shape) => {
  const c = shape[1]!;
  const groups = dice.pick([1, 1, c, ...[2, 3].filter((g) => c % g === 0)]);
  const oc = groups * dice.pick(groups === 1 ? [1, 3, 4, 8, 10] : [1, 1, 2]);
  const window = windowFor(dice, shape, [1, 1, 2, 3]);
  const bias = !dice.once(3);
  const fan = (c / groups) * product(window.kernel);
  const params = [drawing.param('weight', [oc, c / groups, ...window.kernel], fan), ...(bias ? [drawing.param('bias', [oc])] : [])];
  const layer = conv2d(c, oc, window.kernel, { ...options(window), groups, bias, name: drawing.next });
  drawing.add('conv2d', [id], layer, params, ([x], [weight, b]) => conv2d64(x!, weight!, b, window, groups));
});

const options = ({ stride, pad, dilation }: Window64) => ({ stride, padding: pad, dilation });

const transposed: Grow = on(isMap, (drawing, dice, id, shape) => {
  const c = shape[1]!;
  const groups = dice.pick([1, 1, ...[c, 2].filter((g) => c % g === 0)]);
  const oc = groups * dice.pick([1, 2, 3]);
  const kernel: Pair = [dice.pick([2, 3, 4]), dice.pick([2, 3])];
  const stride: Pair = [dice.pick([1, 2, 3]), dice.pick([1, 2])];
  const dilation: Pair = dice.once(4) ? [2, 1] : [1, 1];
  const pad = [dice.below(2), dice.below(2), dice.below(2), dice.below(2)] as const;
  const more: Pair = [dice.below(Math.max(stride[0], dilation[0])), dice.below(Math.max(stride[1], dilation[1]))];
  const window = { kernel, stride, pad, dilation };
  if ((shape[2]! - 1) * stride[0] + dilation[0] * (kernel[0] - 1) < 2 || (shape[3]! - 1) * stride[1] + kernel[1] - 1 < 2) return;
  const params = [drawing.param('weight', [c, oc / groups, ...kernel], c / groups), drawing.param('bias', [oc])];
  const layer = convTranspose2d(c, oc, kernel, { ...options(window), groups, outputPadding: more, name: drawing.next });
  drawing.add('convTranspose2d', [id], layer, params, ([x], [weight, bias]) => convTranspose64(x!, weight!, bias, window, groups, more));
});

/** One layer called twice: its parameters are shared. */
const twice: Grow = on((shape) => isMap(shape) && shape[1]! <= 6, (drawing, _, id, shape) => {
  const c = shape[1]!;
  const window: Window64 = { kernel: [3, 3], stride: [1, 1], pad: [1, 1, 1, 1], dilation: [1, 1] };
  const params = [drawing.param('weight', [c, c, 3, 3], 9 * c), drawing.param('bias', [c])];
  const layer = conv2d(c, c, 3, { padding: 1, name: drawing.next });
  const once = (x: Map64, [weight, bias]: readonly Map64[]): Map64 => conv2d64(x, weight!, bias, window, 1);
  drawing.add('twice', [id], (x) => layer(layer(x)), params, ([x], both) => once(once(x!, both), both));
});

const fully: Grow = on(({ length }) => length < 4, (drawing, dice, id, shape) => {
  const [features, out] = [shape.at(-1)!, dice.pick([1, 4, 7, 17])];
  const bias = !dice.once(3);
  const params = [drawing.param('weight', [out, features], features), ...(bias ? [drawing.param('bias', [out])] : [])];
  drawing.add('linear', [id], linear(features, out, { bias, name: drawing.next }), params, ([x], [weight, b]) => linear64(x!, weight!, b));
});

const pooling = (kind: 'maxPool2d' | 'avgPool2d'): Grow => on(isMap, (drawing, dice, id, shape) => {
  const found = windowFor(dice, shape, [1, 2, 3]);
  const ceil = dice.once(2);
  const pool: Pool64 = { ...found, ceil };
  const own = { ...options(found), ceilMode: ceil };
  const countIncludePad = dice.once(2);
  const divisorOverride = dice.once(4) ? 3 : undefined;
  if (kind === 'maxPool2d') drawing.add(kind, [id], maxPool2d(pool.kernel, own), [], ([x], _, watch) => maxPool64(x!, pool, watch));
  else drawing.add(kind, [id], avgPool2d(pool.kernel, { ...own, countIncludePad, divisorOverride }), [], ([x]) => avgPool64(x!, pool, countIncludePad, divisorOverride ?? 0));
});

/** Layers of maps that have nothing to learn. */
const ofMap = (kind: string, make: (dice: Dice, shape: Shape) => readonly [Layer, Compute] | undefined): Grow => on(isMap, (drawing, dice, id, shape) => {
  const made = make(dice, shape);
  if (made) drawing.add(kind, [id], made[0], [], made[1]);
});

const batchNorm: Grow = on((shape) => isMap(shape) && product(shape) / shape[1]! > 3, (drawing, dice, id, [, c = 1]) => {
  const eps = dice.pick([1e-5, 1e-3]);
  const params = [drawing.param('weight', [c], 1, 1), drawing.param('bias', [c]), drawing.param('running_mean', [c]), drawing.param('running_var', [c], 1, 1)];
  const { training } = drawing;
  drawing.add(training ? 'batchNorm2d in training' : 'batchNorm2d', [id], batchNorm2d(c, { eps, name: drawing.next }), params, ([x], [weight, bias, mean, variance], watch) => {
    const of = channelOf(x!);
    const given = (m: Float64Array, v: Float64Array): Map64 => affine64(x!, (at) => 1 / Math.sqrt(v[of(at)]! + eps), (at) => -m[of(at)]! / Math.sqrt(v[of(at)]! + eps));
    const normal = training ? normalized64(x!, of, eps, watch) : given(mean!.data, variance!.data);
    return affine64(normal, (at) => weight!.data[of(at)]!, (at) => bias!.data[of(at)]!);
  });
});

const groups: Grow = on(isMap, (drawing, dice, id, [, c = 1]) => {
  const count = dice.pick([1, c, ...[2, 3].filter((g) => c % g === 0)]);
  const params = [drawing.param('weight', [c], 1, 1), drawing.param('bias', [c])];
  drawing.add('groupNorm', [id], groupNorm(count, c, { name: drawing.next }), params, ([x], [weight, bias], watch) => {
    const of = channelOf(x!);
    const each = product(x!.shape) / x!.shape[0]! / count;
    return affine64(normalized64(x!, (at) => Math.floor(at / each), 1e-5, watch), (at) => weight!.data[of(at)]!, (at) => bias!.data[of(at)]!);
  });
});

const curve = (kind: string, make: () => Layer, of: Curve): Grow => on(any, (drawing, _, id) => drawing.add(kind, [id], make(), [], ([x], __, watch) => curve64(x!, of, watch)));

const slopes: Grow = on(({ length }) => length !== 3, (drawing, dice, id, shape) => {
  const count = dice.pick([1, shape[1]!]);
  const params = [drawing.param('weight', [count])];
  drawing.add('prelu', [id], prelu(count, { name: drawing.next }), params, ([x], [weight], watch) => prelu64(x!, weight!, watch));
});

const soft = (kind: string, log: boolean): Grow => on(any, (drawing, dice, id, shape) => {
  const dim = dice.once(3) ? dice.below(shape.length) : 1;
  drawing.add(kind, [id], (log ? logSoftmax : softmax)(dim), [], ([x]) => softmax64(x!, dim, log));
});

/** With itself, another value of its shape, or an input that is repeated along some dimensions, from either side. */
const pairOf = (kind: string, write: (a: Value, b: Value) => Value, of: (a: number, b: number) => number): Grow => on(any, (drawing, dice, id, shape) => {
  const same = drawing.values.flatMap((_, i) => (drawing.shape(i).join() === shape.join() ? [i] : []));
  const repeated = shape.map((dim) => (dice.once(3) ? 1 : dim)).slice(dice.pick([0, 0, 1, 1, 2].filter((first) => first < shape.length)));
  const other = dice.once(2) ? dice.pick(same) : drawing.input(repeated);
  const operands = dice.once(3) ? [other, id] : [id, other];
  drawing.add(kind, operands, write, [], ([a, b]) => binary64(a!, b!, of));
});

const joined: Grow = on(any, (drawing, dice, id, shape) => {
  const dim = dice.once(2) ? 1 : dice.below(shape.length);
  const fits = (other: Shape): boolean => other.length === shape.length && other.every((length, axis) => axis === dim || length === shape[axis]);
  const others = [0, 1, 2].slice(dice.below(3)).map(() => drawing.choose(dice, fits) ?? id);
  drawing.add('cat', [id, ...others], (...values) => cat(values, dim), [], (values) => cat64(values, dim));
});

const padded: Grow = on(({ length }) => length !== 3, (drawing, dice, id, shape) => {
  const mode = dice.pick(Object.keys(PADDING) as (keyof typeof PADDING)[]);
  const value = mode === 'constant' ? dice.pick([0, 0.5]) : 0;
  const amounts = [0, 1, 2, 3].slice(0, shape.length === 4 ? 4 : 2).map((i) => Math.min(dice.pick([0, 1, 2, 3]), shape.at(i < 2 ? -1 : -2)! - 1));
  drawing.add('pad', [id], pad(amounts, mode === 'constant' ? { value } : { mode }), [], ([x]) => pad64(x!, amounts, mode, value));
});

const larger: Grow = on(isMap, (drawing, dice, id, [, , h = 1, w = 1]) => {
  const factor = dice.pick([1, 2, 3] as const);
  const size: Pair = dice.once(2) ? [factor * h, factor * w] : [dice.pick([1, 2, 5, 7]), dice.pick([1, 3, 8])];
  const byFactor = size[0] === factor * h && size[1] === factor * w;
  const where = byFactor ? { scaleFactor: factor } : { size };
  const nearest = dice.once(2);
  const corners = dice.once(2);
  if (nearest) return drawing.add('upsample nearest', [id], upsample(where), [], ([x]) => nearest64(x!, size));
  const step = ([h, w] as const).map((length, axis) => (corners ? (size[axis]! > 1 ? (length - 1) / (size[axis]! - 1) : 0) : length / size[axis]!)) as [number, number];
  drawing.add('upsample bilinear', [id], upsample({ ...where, mode: 'bilinear', alignCorners: corners }), [], ([x]) => bilinear64(x!, size, step, corners));
});

const flat: Grow = on(({ length }) => length > 2, (drawing, dice, id, shape) => {
  const start = dice.pick([1, 1, shape.length - 2]);
  const to = [...shape.slice(0, start), product(shape.slice(start))];
  drawing.add('flatten', [id], flatten(start), [], ([x]) => reshape64(x!, to));
});

const dropped: Grow = on(any, (drawing, dice, id) => {
  const p = dice.pick([0.25, 0.5]);
  if (drawing.training) drawing.add('dropout in training', [id], dropout(p), [], ([x]) => x!, 1 / (1 - p));
  else drawing.add('dropout', [id], dropout(p), [], ([x]) => x!);
});

export const GROWS: readonly Grow[] = [
  convolution, convolution, convolution, transposed, transposed, twice, fully, fully, pooling('maxPool2d'), pooling('avgPool2d'),
  ofMap('adaptiveAvgPool2d', (dice, [, , h = 1, w = 1]) => {
    const size: Pair = [Math.min(h, dice.pick([1, 2, 3])), Math.min(w, dice.pick([1, 2, 5]))];
    return [adaptiveAvgPool2d(size), ([x]) => adaptive64(x!, size)];
  }),
  ofMap('globalAvgPool2d', () => [globalAvgPool2d(), ([x]) => adaptive64(x!, [1, 1])]),
  ofMap('globalMaxPool2d', () => [globalMaxPool2d(), ([x], _, watch) => globalMax64(x!, watch)]),
  batchNorm, batchNorm, groups,
  ofMap('localResponseNorm', (dice) => {
    const [size, alpha, k] = [dice.pick([1, 2, 3, 5]), dice.pick([1e-2, 0.5]), dice.pick([1, 2])];
    return [localResponseNorm(size, { alpha, k }), ([x]) => lrn64(x!, size, alpha, 0.75, k)];
  }),
  curve('relu', relu, CURVES.relu), curve('relu6', relu6, CURVES.relu6), curve('leakyRelu', () => leakyRelu(0.1), CURVES.leakyRelu),
  curve('sigmoid', sigmoid, CURVES.sigmoid), curve('tanh', tanh, CURVES.tanh), curve('silu', silu, CURVES.silu), curve('hardswish', hardswish, CURVES.hardswish),
  curve('hardsigmoid', hardsigmoid, CURVES.hardsigmoid), curve('gelu', gelu, CURVES.gelu), curve('geluTanh', () => gelu({ approximate: 'tanh' }), CURVES.geluTanh),
  slopes, soft('softmax', false), soft('logSoftmax', true), pairOf('add', add, (a, b) => a + b), pairOf('add', add, (a, b) => a + b), pairOf('mul', mul, (a, b) => a * b), pairOf('mul', mul, (a, b) => a * b), joined, joined, padded, larger, larger, flat, flat,
  dropped, dropped,
];

/** What nodes are called: every layer that has a gradient. */
export const KINDS = [
  'adaptiveAvgPool2d', 'add', 'avgPool2d', 'batchNorm2d', 'batchNorm2d in training', 'cat', 'conv2d', 'convTranspose2d', 'dropout', 'dropout in training', 'flatten', 'gelu',
  'geluTanh', 'globalAvgPool2d', 'globalMaxPool2d', 'groupNorm', 'hardsigmoid', 'hardswish', 'leakyRelu', 'linear', 'localResponseNorm', 'logSoftmax', 'maxPool2d', 'mul', 'pad',
  'prelu', 'relu', 'relu6', 'sigmoid', 'silu', 'softmax', 'tanh', 'twice', 'upsample bilinear', 'upsample nearest',
] as const;
