import { describe, expect, test } from 'vitest';
import { ArgumentError, GeometryError, GraphError, ShapeError } from '../../ts/base/errors.js';
import { graphFromData, graphToData } from '../../ts/ops/data.js';
import { withOutputs } from '../../ts/ops/with-outputs.js';
import type { Graph } from '../../ts/graph/graph.js';
import { add, avgPool2d, batchNorm2d, conv2d, dropout, flatten, globalAvgPool2d, graph, groupNorm, input, leakyRelu, linear, maxPool2d, named, pad, relu, sequential, toGraph } from '../../ts/ops/layers.js';
import { resnet18 } from '../../ts/models/index.js';
import { Session } from '../../ts/session/session.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { store } from '../../ts/formats/stored.js';
import { buildPlan } from '../../ts/program/plan.js';
import { formulaSource } from '../golden/formula.js';
import { largestDifference } from '../support/difference.js';
import { openVariant } from '../golden/engine.js';

describe('what cannot be is refused where it is written', () => {
  test.each([
    [() => sequential([conv2d(1, 6, 5), relu(), conv2d(16, 4, 3)]), ShapeError, /^2: expected 16 input channels, got 6/],
    [() => sequential([conv2d(1, 6, 5), flatten(), linear(7, 2)], { input: [1, 1, 8, 8] }), ShapeError, /^2: expected 7 input features, got 96/],
    [() => conv2d(1, 6, 9)(input([1, 1, 4, 4])), GeometryError, /a kernel that spans at most 4, the padded input, got 9/],
    [() => conv2d(1, 6, 3, { dilation: 4 })(input([1, 1, 4, 4])), GeometryError, /a kernel that spans at most 4, the padded input, got 9/],
    [() => conv2d(1, 6, 0), GeometryError, /kernel to be a whole number from 1 on, got 0/],
    [() => conv2d(1, 6, 3, { stride: NaN }), GeometryError, /stride to be a whole number from 1 on, got NaN/],
    [() => conv2d(3, 6, 3, { groups: 2 }), ArgumentError, /input channels that 2 groups divide, got 3/],
    [() => leakyRelu(NaN), ArgumentError, /slope to be a finite number, got NaN/],
    [() => avgPool2d(2, { padding: 2 }), GeometryError, /an element in each window, .* got 2 \+ 2/],
    [() => add(input([1, 3, 4, 4]), input([1, 2, 4, 4])), ShapeError, /shapes that broadcast with \[1, 3, 4, 4\], got \[1, 2, 4, 4\]/],
    [() => batchNorm2d(4)(input([1, 3, 4, 4])), ShapeError, /expected 4 input channels, got 3/],
    [() => groupNorm(3, 4), ShapeError, /channels that 3 groups divide, got 4/],
    [() => maxPool2d(2)(input([1, 0, 4, 0])), GeometryError, /input size of at least 1, got 0/],
    [() => graph({}, { y: relu()(input([1])) }), GraphError, /does not name/],
    [() => toGraph(relu()), GraphError, /shape of the input is not known/],
  ])('%#', (write, Class, message) => {
    expect(write).toThrow(Class);
    expect(write).toThrow(message);
  });
});

/** NumPy, in float64, with epsilon 1e-3. */
test('groupNorm, through data and back', () => {
  const net = graphFromData(graphToData(toGraph(groupNorm(2, 4, { name: 'norm', eps: 1e-3 }))));
  const numbers = new Map([['norm.weight', [1, 2, 0.5, -1]], ['norm.bias', [0, 1, -1, 0.25]]]);
  const source = { names: () => numbers.keys(), get: (name: string) => store(name, tensor(numbers.get(name) ?? [])) };
  const y = new Session(openVariant('simd'), net, source).run(tensor([1, 3, 2, -2, 0, 0.5, 4, 1], [1, 4, 1, 2]))['output'];
  const expected = [0, 1.068892, 2.068892, -2.206677, -1.441679, -1.281069, -1.436412, 0.490916];
  expect(largestDifference(y, tensor(expected, [1, 4, 1, 2]))).toBeLessThan(1e-5);
});

test('a chain that begins with what takes any map says nothing of its input, where a later layer takes rows', () => {
  const head = sequential([globalAvgPool2d(), flatten(), linear(16, 10)], { name: 'head' });
  expect(head.inputShape).toBeUndefined();
  const x = input([null, 16, 4, 4]);
  expect(graph({ x }, { y: head(x) }).params.map(({ name }) => name)).toEqual(['head.2.weight', 'head.2.bias']);
  expect(sequential([relu(), conv2d(3, 4, 3)]).inputShape).toEqual([null, 3, null, null]);
  expect(() => sequential([relu(), conv2d(3, 4, 3), conv2d(5, 4, 3)])).toThrow(/^2: expected 5 input channels, got 4/);
});

test('paths name parameters and modules', () => {
  const block = named('block', (x) => add(sequential([conv2d(2, 2, 3, { padding: 1 })], { name: 'body' })(x), x));
  const net = toGraph(sequential({ stem: conv2d(1, 2, 1), block, head: relu() }));
  expect(net.params.map(({ name }) => name)).toEqual(['stem.weight', 'stem.bias', 'block.body.0.weight', 'block.body.0.bias']);
  expect(Object.keys(net.modules)).toEqual(expect.arrayContaining(['stem', 'block.body', 'block', 'head']));
  expect(() => withOutputs(net, ['nowhere'])).toThrow(/outputs: expected the name of a module or output, got nowhere/);
});

test('a layer called twice shares its parameters', () => {
  const layer = conv2d(2, 2, 1);
  const x = input([1, 2, 4, 4]);
  expect(graph({ x }, { y: layer(layer(x)) }).params).toHaveLength(2);
});

test('a graph survives being written and read', () => {
  const net = resnet18();
  const revived = graphFromData(JSON.parse(JSON.stringify(graphToData(net))) as ReturnType<typeof graphToData>);
  expect(graphToData(revived)).toEqual(graphToData(net));
  expect(revived.params).toEqual(net.params);
});

const X = input([1, 2, 6, 6]);
const conv = (name: string) => conv2d(2, 2, 3, { padding: 1, name });
const NETS = {
  'conv, norm, relu': graph({ x: X }, { y: relu()(batchNorm2d(2, { name: 'bn' })(conv('c')(X))) }),
  'a residual': graph({ x: X }, { y: relu()(add(conv('a')(X), conv('b')(X))) }),
  'a sum with itself': (() => {
    const a = conv('a')(X);
    return graph({ x: X }, { y: add(a, a) });
  })(),
  'a conv that is an output before its norm': (() => {
    const a = conv('a')(X);
    return graph({ x: X }, { a, y: relu()(batchNorm2d(2, { name: 'bn' })(a)) });
  })(),
  'an addend with another consumer': (() => {
    const a = conv('a')(X);
    return graph({ x: X }, { y: add(add(conv('b')(X), a), relu()(a)) });
  })(),
  'zeros, then a convolution': graph({ x: X }, { y: conv('c')(pad([1, 0, 2, 3])(X)) }),
  'ones, then a convolution': graph({ x: X }, { y: conv('c')(pad(1, { value: 1 })(X)) }),
  'zeros that are read twice': (() => {
    const padded = pad([1, 0, 2, 3])(X);
    return graph({ x: X }, { y: add(conv('a')(padded), conv('b')(padded)) });
  })(),
  'an input as an output, one value twice, dropout at the end': graph({ x: X }, { x: X, y: dropout()(X), z: X }),
};

/** NaN if shapes or values cannot be compared. */
describe.each(Object.entries(NETS))('%s', (_, net) => {
  test('gives the same with and without passes', () => {
    const params = net.params.map(({ name, shape }) => {
      const variance = name.endsWith('running_var');
      return [name, shape, variance ? 1.15 : 0, variance ? 0.15 : 0.5] as const;
    });
    const source = formulaSource(params);
    const image = tensor(Float32Array.from({ length: 72 }, (__, i) => Math.sin(i)), [1, 2, 6, 6]);
    const fused = new Session(openVariant('simd'), net, source).run(image);
    const plain = new Session(openVariant('simd'), net, source, { plan: { optimize: false } }).run(image);
    // With every module an output little can be fused.
    const tapped = withOutputs(net, [...net.outputs.map(({ name }) => name), ...Object.keys(net.modules)]);
    const inPieces = new Session(openVariant('simd'), tapped, source).run(image);
    for (const { name } of net.outputs) {
      expect(largestDifference(plain[name], fused[name])).toBeLessThan(1e-5);
      expect(largestDifference(inPieces[name], fused[name])).toBeLessThan(1e-5);
    }
    const everyNode = buildPlan(net, [[1, 2, 6, 6]], source, { optimize: false }).steps;
    const computed = new Set(everyNode.map(({ layer }) => layer));
    expect(net.nodes.filter(({ name }) => !computed.has(name))).toEqual([]);
  });
});

test('zeros around a map become padding of the convolution', () => {
  const types = (net: Graph): string[] => buildPlan(net, [[1, 2, 6, 6]], formulaSource([])).steps.map(({ type }) => type);
  expect(types(NETS['zeros, then a convolution'])).toEqual(['Transpose', 'Conv2d', 'Transpose']);
  expect(types(NETS['ones, then a convolution'])).toEqual(['Transpose', 'Pad', 'Conv2d', 'Transpose']);
  expect(types(NETS['zeros that are read twice'])).toEqual(['Transpose', 'Pad', 'Conv2d', 'Conv2d', 'Transpose']);
});

test('a residual block becomes two convolutions', () => {
  const net = NETS['a residual'];
  const plan = buildPlan(net, [[1, 2, 6, 6]], formulaSource([]));
  expect(plan.steps.map(({ type }) => type)).toEqual(['Transpose', 'Conv2d', 'Conv2d', 'Transpose']);
});
