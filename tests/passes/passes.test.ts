/** Passes: where they fire, where they must not, and that they change no result. */
import { describe, expect, test } from 'vitest';
import { Session } from '../../ts/session/session.js';
import type { Graph } from '../../ts/graph/graph.js';
import type { Op } from '../../ts/graph/op.js';
import { activationOp } from '../../ts/ops/activation/op.js';
import { addOp } from '../../ts/ops/add/op.js';
import { mapLayoutOp } from '../../ts/ops/map-layout/op.js';
import { mulOp } from '../../ts/ops/mul/op.js';
import { reshapeOp } from '../../ts/ops/reshape/op.js';
import { add, avgPool2d, conv2d, graph, hardsigmoid, input, maxPool2d, mul, pad, relu, sigmoid, tanh } from '../../ts/ops/layers.js';
import type { Value } from '../../ts/ops/layers.js';
import { apply } from '../../ts/layers/value.js';
import { ACTIVATIONS } from '../../ts/contract/words.js';
import { runPasses } from '../../ts/passes/index.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { openVariant } from '../golden/engine.js';
import { formulaSource } from '../golden/formula.js';
import { largestDifference } from '../support/difference.js';

const X = input([1, 3, 6, 5]);
const op = (made: Op, ...inputs: Value[]): Value => apply(made, inputs, {});
const toLast = (x: Value): Value => op(mapLayoutOp({ to: 'nhwc' }), x);
const toSecond = (x: Value): Value => op(mapLayoutOp({ to: 'nchw' }), x);
const reshape = (x: Value, ...shape: number[]): Value => op(reshapeOp({ shape }), x);
const conv = (name: string) => conv2d(3, 3, 3, { padding: 1, name });
const act = activationOp({ name: 'relu', words: [ACTIVATIONS.relu, 0, 0] });

/** [what, network, operators that are left] */
const CASES: readonly (readonly [string, Graph, readonly string[]])[] = [
  ['x sigmoid(x) is one activation', graph({ X }, { y: mul(X, sigmoid()(X)) }), ['Activation']],
  ['sigmoid(x) x, too', graph({ X }, { y: mul(sigmoid()(X), X) }), ['Activation']],
  ['it joins the convolution', (() => { const c = conv('c')(X); return graph({ X }, { y: mul(c, sigmoid()(c)) }); })(), ['Conv2d']],
  ['x hardsigmoid(x), as PyTorch has it', graph({ X }, { y: mul(X, hardsigmoid()(X)) }), ['Activation']],
  ['not x tanh(x)', graph({ X }, { y: mul(X, tanh()(X)) }), ['Activation', 'Mul']],
  ['not x sigmoid(relu(x))', graph({ X }, { y: mul(X, sigmoid()(relu()(X))) }), ['Activation', 'Activation', 'Mul']],
  ['not where the gate has another reader', (() => { const s = sigmoid()(X); return graph({ X }, { y: mul(X, s), s }); })(), ['Activation', 'Mul']],
  ['the last of two reshapes', graph({ X }, { y: reshape(reshape(X, 90), 9, 10) }), ['Reshape']],
  ['both where the first is an output', (() => { const a = reshape(X, 90); return graph({ X }, { a, y: reshape(a, 9, 10) }); })(), ['Reshape', 'Reshape']],
  ['no reshape to the same shape', graph({ X }, { y: conv('a')(reshape(reshape(X, 90), 1, 3, 6, 5)) }), ['Conv2d']],
  ['a reshape behind an activation, where it meets the next', graph({ X }, { y: conv('b')(reshape(op(act, reshape(conv('a')(X), 3, 30)), 1, 3, 6, 5)) }), ['Conv2d', 'Conv2d']],
  ['and behind a sum', (() => { const a = reshape(conv('a')(X), 3, 30); return graph({ X }, { y: reshape(op(addOp({}), a, reshape(conv('b')(reshape(a, 1, 3, 6, 5)), 3, 30)), 1, 3, 6, 5) }); })(), ['Conv2d', 'Conv2d']],
  ['not behind a sum with something of another shape before', graph({ X }, { y: op(addOp({}), reshape(conv('a')(X), 3, 30), reshape(toLast(X), 3, 30)) }), ['MapLayout', 'Reshape', 'Conv2d', 'Reshape', 'Add']],
  ['equal nodes once', (() => { const a = op(act, X); return graph({ X }, { y: op(addOp({}), a, op(act, X)) }); })(), ['Activation', 'Add']],
  ['not nodes of other attributes', graph({ X }, { y: add(relu()(X), tanh()(X)) }), ['Activation', 'Activation', 'Add']],
  ['not convolutions of other weights', graph({ X }, { y: op(mulOp({}), conv('a')(X), conv('b')(X)) }), ['Conv2d', 'Conv2d', 'Mul']],
  ['channels last and second again', graph({ X }, { y: conv('b')(toSecond(toLast(conv('a')(X)))) }), ['Conv2d', 'Conv2d']],
  ['with an activation in between', graph({ X }, { y: conv('b')(toSecond(op(act, toLast(conv('a')(X))))) }), ['Conv2d', 'Conv2d']],
  ['with a sum in between', graph({ X }, { y: toSecond(op(addOp({}), toLast(conv('a')(X)), toLast(conv('b')(X)))) }), ['Conv2d', 'Conv2d']],
  ['not where the map with channels last is an output', (() => { const l = toLast(X); return graph({ X }, { l, y: conv('a')(toSecond(l)) }); })(), ['MapLayout', 'Conv2d']],
  ['zeros before average pooling that counts them', graph({ X }, { y: avgPool2d(3, { padding: 0 })(pad(1)(X)) }), ['Pool2d']],
  ['not zeros before max pooling', graph({ X }, { y: maxPool2d(3)(pad(1)(X)) }), ['Pad', 'Pool2d']],
  ['minus infinity before max pooling', graph({ X }, { y: maxPool2d(3)(pad(1, { value: -Infinity })(X)) }), ['Pool2d']],
  ['not zeros before pooling whose own padding does not count', graph({ X }, { y: avgPool2d(3, { padding: 1, countIncludePad: false })(pad(1)(X)) }), ['Pad', 'Pool2d']],
  ['not padding as wide as the window', graph({ X }, { y: avgPool2d(2)(pad(2)(X)) }), ['Pad', 'Pool2d']],
];

describe.each(CASES)('%s', (_, net, expected) => {
  const source = formulaSource(net.params.map(({ name, shape }) => [name, shape, 0, 0.5] as const));
  const image = tensor(Float32Array.from({ length: 90 }, (__, i) => Math.sin(i)), [1, 3, 6, 5]);

  test('leaves these operators', () => {
    const shapes = net.values.map(({ shape }) => shape.map((dim) => dim ?? 0));
    expect(runPasses(net, shapes, true).nodes.map((node) => node.op.type)).toEqual(expected);
  });

  test('gives the same', () => {
    const fused = new Session(openVariant('simd'), net, source).run(image);
    const plain = new Session(openVariant('simd'), net, source, { plan: { optimize: false } }).run(image);
    const names = net.outputs.map(({ name }) => name);
    expect(names).not.toEqual([]);
    expect([Object.keys(fused), Object.keys(plain)]).toEqual([names, names]);
    for (const name of names) expect(largestDifference(fused[name], plain[name]), name).toBeLessThan(1e-5);
  });
});
