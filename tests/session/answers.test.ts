/** Answers that were wrong once, by their kinds. */
import { describe, expect, test } from 'vitest';
import { Session } from '../../ts/session/session.js';
import { GraphError } from '../../ts/base/errors.js';
import type { StoredTensor, TensorSource } from '../../ts/formats/stored.js';
import { store } from '../../ts/formats/stored.js';
import type { Graph } from '../../ts/graph/graph.js';
import { defineOp } from '../../ts/graph/op.js';
import { addOp } from '../../ts/ops/add/op.js';
import { ROWS } from '../../ts/ops/layout.js';
import { conv2d, flatten, graph, input, linear, sequential, toGraph } from '../../ts/ops/layers.js';
import { apply } from '../../ts/layers/value.js';
import { OnnxRunnable } from '../../ts/onnx/run/model.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { buildPlan } from '../../ts/program/plan.js';
import { imagesAtOnce } from '../../ts/program/batch.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { openVariant } from '../golden/engine.js';
import { graphProto, modelBytes } from '../onnx/build.js';
import type { GraphSpec, NodeSpec } from '../onnx/build.js';

const counting = (length: number): number[] => Array.from({ length }, (_, i) => i);

function sourceOf(data: Readonly<Record<string, readonly [shape: readonly number[], data: readonly number[]]>>): TensorSource {
  const made = new Map(Object.entries(data).map(([name, [shape, values]]): [string, StoredTensor] => [name, store(name, tensor(values, shape))]));
  return { names: () => made.keys(), get: (name) => made.get(name)! };
}

function answer(net: Graph, source: TensorSource, shape: readonly number[], optimize: boolean): number[] {
  const session = new Session(openVariant('simd'), net, source, { plan: { optimize } });
  const [y] = Object.values(session.run({ [net.inputs[0]?.name ?? '']: tensor(counting(shape.reduce((a, b) => a * b, 1)), shape) }));
  session.dispose();
  return [...(y?.data ?? [])];
}

describe.each([true, false])('layouts, optimised: %s', (optimize) => {
  test.each([[[5, 3]], [[2, 5, 3]], [[2, 4, 5, 3]], [[2, 2, 4, 5, 3]]])('linear over the last dimension of %j', (shape) => {
    const net = toGraph(sequential([linear(3, 2, { name: 'l' })], { input: shape }));
    const source = sourceOf({ 'l.weight': [[2, 3], [1, 10, 100, 0, 1, 2]], 'l.bias': [[2], [0.5, -1]] });
    const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const expected = counting(rows).flatMap((row) => [3 * row, 3 * row + 1, 3 * row + 2]).flatMap((_, i, x) => (i % 3 === 0 ? [x[i]! + 10 * x[i + 1]! + 100 * x[i + 2]! + 0.5, x[i + 1]! + 2 * x[i + 2]! - 1] : []));
    expect(answer(net, source, shape, optimize)).toEqual(expected);
  });

  test.each([[[2, 3, 4, 5, 2], 1, 2], [[2, 3, 4, 5], 1, 1], [[3, 4, 5, 2], 3, 3], [[2, 3, 2, 2, 2], 0, 1]] as const)('flatten of %j leaves the order', (shape, start, end) => {
    const net = toGraph(sequential([flatten(start, end)], { input: [...shape] }));
    const length = shape.reduce<number>((a, b) => a * b, 1);
    expect(answer(net, sourceOf({}), shape, optimize)).toEqual(counting(length));
  });

  test('a linear layer between convolutions', () => {
    const conv = (name: string) => conv2d(2, 2, 1, { bias: false, name });
    const net = toGraph(sequential([conv('a'), linear(3, 3, { bias: false, name: 'l' }), conv('b')], { input: [1, 2, 2, 3] }));
    const swap: readonly [number[], number[]] = [[2, 2, 1, 1], [0, 1, 1, 0]];
    const source = sourceOf({ 'a.weight': swap, 'b.weight': swap, 'l.weight': [[3, 3], [0, 0, 1, 1, 0, 0, 0, 1, 0]] });
    expect(answer(net, source, [1, 2, 2, 3], optimize)).toEqual([2, 0, 1, 5, 3, 4, 8, 6, 7, 11, 9, 10]);
  });
});

test('an operator that does not write what its layouts say is refused when it is planned', () => {
  const idle = defineOp('Idle', () => ({ infer: ([shape = []]) => [shape], layouts: ROWS, emit: () => undefined }));
  const x = input([1, 2, 3, 4]);
  const net = graph({ x }, { y: apply(idle(null), [x], {}) });
  expect(() => buildPlan(net, [[1, 2, 3, 4]], sourceOf({}))).toThrow(GraphError);
  expect(() => buildPlan(net, [[1, 2, 3, 4]], sourceOf({}))).toThrow(/expected Idle to write its output plain, got none/);
});

test('images that meet each other by broadcasting pass together', () => {
  const big = input([4, 4]);
  const small = input([4]);
  const net = graph({ big, small }, { y: apply(addOp({}), [big, small], {}) });
  expect(imagesAtOnce(net, [[4, 4], [4]])).toBe(4);
});

function run(spec: GraphSpec, inputs: Readonly<Record<string, readonly [data: readonly number[], shape: readonly number[]]>>): number[] {
  const model = new OnnxRunnable(openVariant('simd'), readOnnx(modelBytes(spec), 'model'), {});
  const { y } = model.run(Object.fromEntries(Object.entries(inputs).map(([name, [data, shape]]) => [name, tensor(data, shape)])));
  model.dispose();
  return Array.from(y?.data ?? [], Number);
}

const node = (op: string, inputs: string, output: string, more: Partial<NodeSpec> = {}): NodeSpec => ({ op, inputs: inputs.split(' '), outputs: [output], ...more });

describe('ONNX', () => {
  test('a division rounds once, with a constant and with a value', () => {
    const x = counting(256);
    const expected = x.map((value) => Math.fround(value / 255));
    const constant: GraphSpec = { inputs: { x: [256] }, outputs: ['y'], nodes: [node('Div', 'x c', 'y')], weights: { c: [[], [255]] } };
    expect(run(constant, { x: [x, [256]] })).toEqual(expected);
    expect(run({ ...constant, weights: {}, inputs: { x: [256], c: [1] } }, { x: [x, [256]], c: [[255], [1]] })).toEqual(expected);
    const reversed: GraphSpec = { inputs: { x: [3] }, outputs: ['y'], nodes: [node('Div', 'c x', 'y')], weights: { c: [[3], [1, 2, 41]] } };
    expect(run(reversed, { x: [[3, 0, 41], [3]] })).toEqual([Math.fround(1 / 3), Infinity, 1]);
  });

  test.each([
    [[2], [10, 21, 12, 23]],
    [[1, 2], [10, 21, 12, 23]],
    [[2, 1], [10, 11, 22, 23]],
    [[2, 2], [10, 21, 32, 43]],
    [[1], [10, 11, 12, 13]],
    [[], [10, 11, 12, 13]],
  ])('the bias of Gemm broadcasts as %j', (shape, expected) => {
    const bias = [10, 20, 30, 40].slice(0, shape.reduce((a, b) => a * b, 1));
    const spec: GraphSpec = { inputs: { x: [2, 2] }, outputs: ['y'], nodes: [node('Gemm', 'x i c', 'y')], weights: { i: [[2, 2], [1, 0, 0, 1]], c: [shape, bias] } };
    expect(run(spec, { x: [[0, 1, 2, 3], [2, 2]] })).toEqual(expected);
  });

  /** Both branches, and the graph around, have a weight of the same name and a value of the same name. */
  const branch = (factor: number) =>
    graphProto({ outputs: ['r'], nodes: [node('MatMul', 'x w', 'v'), node('Add', 'v w', 'r')], weights: { w: [[1, 1], [factor]] } });
  const either: GraphSpec = {
    inputs: { x: ['n', 1] },
    outputs: ['y'],
    nodes: [
      node('Size', 'x', 'size'),
      node('Greater', 'size one', 'large'),
      node('If', 'large', 'v', { graphs: { then_branch: branch(3), else_branch: branch(2) } }),
      node('Mul', 'v w', 'y'),
    ],
    weights: { w: [[1], [10]] },
    int64: { one: [1] },
  };
  test('branches keep their own weights, whichever runs first', () => {
    const model = new OnnxRunnable(openVariant('simd'), readOnnx(modelBytes(either), 'model'), {});
    const answers = [1, 2, 1, 3].map((n) => [...(model.run(tensor(new Float32Array(n).fill(1), [n, 1]))['y']?.data ?? [])]);
    expect(answers).toEqual([[40], [60, 60], [40], [60, 60, 60]]);
    model.dispose();
  });

  test('a Clip without a bound has the largest number for one, and a NaN for none', () => {
    const spec = (inputs: string, weights: GraphSpec['weights'] = {}): GraphSpec => ({ inputs: { x: [4] }, outputs: ['y'], nodes: [node('Clip', inputs, 'y')], weights });
    const largest = Math.fround(3.4028234663852886e38);
    expect(run(spec('x a', { a: [[], [0]] }), { x: [[-1, 2, Infinity, NaN], [4]] })).toEqual([0, 2, largest, NaN]);
    expect(run(spec('x a b', { a: [[], [0]], b: [[], [NaN]] }), { x: [[-1, 2, 0.5, NaN], [4]] })).toEqual([0, 2, 0.5, NaN]);
  });

  test('a pool that rounds up may have a window larger than its input', () => {
    const pool = node('MaxPool', 'x', 'y', { ints: { kernel_shape: [2, 2], strides: [2, 2] }, int: { ceil_mode: 1 } });
    expect(run({ inputs: { x: [1, 1, 1, 3] }, outputs: ['y'], nodes: [pool] }, { x: [[1, 3, 2], [1, 1, 1, 3]] })).toEqual([3, 2]);
  });
});
