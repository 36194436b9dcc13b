/** What the numbers of a model's first output are, as its graph tells. */
import { describe, expect, test } from 'vitest';
import { graphEnding } from '../../ts/graph/ending.js';
import type { Ending } from '../../ts/graph/ending.js';
import { graphFromData } from '../../ts/ops/data.js';
import { graphToData } from '../../ts/graph/to-data.js';
import {
  adaptiveAvgPool2d, add, cat, dropout, flatten, globalAvgPool2d, graph, hardsigmoid, identity, input, linear, logSoftmax, mul, relu, sequential,
  sigmoid, silu, softmax, tanh, toGraph,
} from '../../ts/ops/layers.js';
import type { Layer, Value } from '../../ts/ops/layers.js';
import { onnxEnding } from '../../ts/onnx/plan/ending.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { graphProto, modelBytes } from '../onnx/build.js';
import type { NodeSpec } from '../onnx/build.js';

const layer = (...layers: Layer[]) => (x: Value): Value => layers.reduce((value, apply) => apply(value), x);

const LAYERS: readonly (readonly [what: string, end: (x: Value) => Value, ending: Ending])[] = [
  ['scores', layer(flatten(), linear(12, 4)), 'raw'],
  ['softmax', layer(softmax()), 'softmax'],
  ['softmax, then other shapes', layer(softmax(), dropout(), globalAvgPool2d(), identity(), flatten()), 'softmax'],
  ['softmax, then means of parts', layer(softmax(), adaptiveAvgPool2d(1)), 'softmax'],
  ['log softmax', layer(logSoftmax()), 'raw'],
  ['sigmoid', layer(sigmoid(), flatten()), 'sigmoid'],
  ['hard sigmoid', layer(hardsigmoid()), 'sigmoid'],
  ['a sigmoid that is a gate', (x) => mul(x, sigmoid()(x)), 'raw'],
  ['SiLU', layer(silu()), 'raw'],
  ['tanh', layer(tanh()), 'raw'],
  ['two softmaxes, joined', (x) => cat([softmax()(x), softmax()(relu()(x))]), 'softmax'],
  ['a softmax and a sigmoid, joined', (x) => cat([softmax()(x), sigmoid()(x)]), 'sigmoid'],
  ['a softmax and scores, joined', (x) => cat([softmax()(x), x]), 'raw'],
  ['the sum of two softmaxes', (x) => add(softmax()(x), softmax()(relu()(x))), 'unclear'],
  ['a softmax inside', layer(softmax(), flatten(), linear(12, 4)), 'raw'],
  ['its input', layer(flatten()), 'raw'],
];

describe('layers', () => {
  test.each(LAYERS)('%s: %#', (_, end, ending) => {
    const x = input([1, 3, 2, 2]);
    const net = graph({ x }, { y: end(x) });
    expect(graphEnding(net)).toBe(ending);
    expect(graphEnding(graphFromData(graphToData(net)))).toBe(ending);
  });

  test('in a sequence', () => {
    expect(graphEnding(toGraph(sequential([linear(3, 2), softmax()], { input: [1, 3] })))).toBe('softmax');
  });
});

const node = (op: string, output: string, ...inputs: string[]): NodeSpec => ({ op, inputs, outputs: [output] });
/** One after the other, each of what the last gave, from `x` to `y`. Other inputs stand behind a blank: `Reshape shape`. */
const chain = (...ops: readonly string[]): NodeSpec[] =>
  ops.map((text, i) => {
    const [op = '', ...rest] = text.split(' ');
    const [domain, name] = op.includes(':') ? (op.split(':') as [string, string]) : ['', op];
    return { op: name, domain, inputs: [i === 0 ? 'x' : `t${i}`, ...rest], outputs: [i === ops.length - 1 ? 'y' : `t${i + 1}`] };
  });
const branch = (output: string, nodes: readonly NodeSpec[]) => graphProto({ outputs: [output], nodes });
const branches = (a: string, b: string): NodeSpec => ({
  op: 'If', inputs: ['c'], outputs: ['y'], graphs: { then_branch: branch('w', [node(a, 'w', 'p')]), else_branch: branch('w', [node(b, 'w', 'p')]) },
});

const ONNX: readonly (readonly [what: string, nodes: readonly NodeSpec[], ending: Ending])[] = [
  ['scores', chain('Relu', 'Flatten'), 'raw'],
  ['Softmax', chain('Relu', 'Softmax'), 'softmax'],
  ['Hardmax', chain('Hardmax'), 'softmax'],
  ['LogSoftmax', chain('LogSoftmax'), 'raw'],
  ['exp of LogSoftmax', chain('LogSoftmax', 'Cast', 'Exp', 'Cast'), 'softmax'],
  ['exp of scores', chain('Flatten', 'Exp'), 'raw'],
  ['exp of a softmax', chain('Softmax', 'Exp'), 'raw'],
  ['Sigmoid', chain('Sigmoid'), 'sigmoid'],
  ['HardSigmoid', chain('HardSigmoid'), 'sigmoid'],
  ...['Cast', 'Reshape numbers', 'Squeeze numbers', 'Unsqueeze numbers', 'Flatten', 'Identity', 'Dropout', 'Transpose', 'Slice numbers', 'Clip', 'Gather numbers', 'ReduceMean', 'Concat numbers'].map(
    (op) => [`Softmax, ${op}`, chain('Softmax', op), 'softmax'] as const,
  ),
  ['Sigmoid and a pair of quantisation', chain('Sigmoid', 'QuantizeLinear scale zero', 'DequantizeLinear scale zero'), 'sigmoid'],
  ['a quantised sigmoid', chain('com.microsoft:QLinearSigmoid scale zero', 'DequantizeLinear scale zero'), 'sigmoid'],
  ['a sigmoid of another domain', chain('other:Sigmoid'), 'raw'],
  ['a shape that is computed', [node('Shape', 's', 'x'), node('Softmax', 'p', 'x'), node('Reshape', 'y', 'p', 's')], 'softmax'],
  ['all of them in a row', chain('Softmax', 'Cast', 'Reshape numbers', 'Squeeze', 'Flatten', 'Identity', 'Cast'), 'softmax'],
  ['Softmax, then a layer', chain('Softmax', 'MatMul w'), 'raw'],
  ['a gate', [node('Sigmoid', 's', 'x'), node('Mul', 'y', 'x', 's')], 'raw'],
  ['percent', chain('Softmax', 'Mul hundred'), 'unclear'],
  ['the mean of two, as a sum', [node('Softmax', 'a', 'x'), node('Softmax', 'b', 'z'), node('Add', 's', 'a', 'b'), node('Div', 'y', 's', 'hundred')], 'unclear'],
  ['the mean of two', [node('Softmax', 'a', 'x'), node('Softmax', 'b', 'z'), node('Mean', 'y', 'a', 'b')], 'softmax'],
  ['one minus yes, yes', [node('Sigmoid', 'a', 'x'), node('Sub', 'b', 'hundred', 'a'), node('Concat', 'y', 'b', 'a')], 'unclear'],
  ['two branches', [node('Softmax', 'p', 'x'), branches('Squeeze', 'Identity')], 'softmax'],
  ['two branches that differ', [node('Flatten', 'p', 'x'), branches('Softmax', 'Identity')], 'raw'],
  ['a constant', [{ op: 'Constant', inputs: [], outputs: ['y'] }], 'raw'],
];

describe('ONNX', () => {
  const weights = { hundred: [[1], [100]], scale: [[], [1 / 255]], zero: [[], [0]], w: [[1, 1], [1]] } as const;
  const read = (nodes: readonly NodeSpec[]) =>
    readOnnx(modelBytes({ inputs: { x: [1, 4], z: [1, 4], c: [] }, outputs: ['y'], nodes, weights, int64: { numbers: [1] } }), 'model').graph;

  test.each(ONNX)('%s', (_, nodes, ending) => {
    expect(onnxEnding(read(nodes))).toBe(ending);
  });

  test('a value that is joined with itself, again and again', () => {
    const doubled = Array.from({ length: 60 }, (_, i) => node('Concat', i === 59 ? 'y' : `d${i + 1}`, `d${i}`, `d${i}`));
    expect(onnxEnding(read([node('Softmax', 'd0', 'x'), ...doubled]))).toBe('softmax');
  });

  test('a chain that is longer than any stack', () => {
    expect(onnxEnding(read(chain('Softmax', ...Array.from({ length: 20_000 }, () => 'Identity'))))).toBe('softmax');
  });
});
