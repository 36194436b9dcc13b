/** Functions that a model defines, and operators that other runtimes write: nodes of ONNX in their place. */
import { describe, expect, test } from 'vitest';
import { UnsupportedError } from '../../ts/base/errors.js';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import { expectNoGaps } from '../../ts/onnx/plan/gaps.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { openVariant } from '../golden/engine.js';
import { graphProto, modelWithFunctions } from './build.js';
import type { FunctionSpec, GraphSpec, NodeSpec } from './build.js';

function run(spec: GraphSpec, functions: readonly FunctionSpec[], inputs: Readonly<Record<string, readonly [readonly number[], readonly number[]]>>): Record<string, number[]> {
  const model = readOnnx(modelWithFunctions(spec, functions), 'functions');
  expectNoGaps(model);
  const engine = new OnnxEngine(openVariant('simd'), model);
  const results = engine.run(new Map(Object.entries(inputs).map(([name, [shape, data]]) => [name, hostTensor('float32', shape, data)])));
  engine.dispose();
  return Object.fromEntries([...results].map(([name, { data }]) => [name, [...data]]));
}

const leaky: FunctionSpec = { name: 'leaky', inputs: ['x'], outputs: ['z'], nodes: [{ op: 'LeakyRelu', inputs: ['x'], outputs: ['z'], ref: { alpha: 'slope' } }], defaults: { slope: 0.125 } };
const call = (op: string, inputs: string[], outputs: string[], float?: Readonly<Record<string, number>>): NodeSpec => ({ op, domain: 'mine', inputs, outputs, ...(float && { float }) });
const x = { x: [[2], [-4, 3]] } as const;

describe('a function of the model', () => {
  test('hands attributes on, has values of its own in each call, and knows others', () => {
    const twice: FunctionSpec = { name: 'twice', inputs: ['x'], outputs: ['z'], nodes: [{ op: 'leaky', domain: 'mine', inputs: ['x'], outputs: ['a'], ref: { slope: 'slope' } }, { op: 'Add', inputs: ['a', 'a'], outputs: ['z'] }] };
    const nodes = [call('twice', ['x'], ['p'], { slope: 0.5 }), call('twice', ['x'], ['q'], { slope: 0.25 }), { op: 'Sub', inputs: ['p', 'q'], outputs: ['y'] }];
    expect(run({ inputs: { x: [2] }, outputs: ['y', 'p'], nodes }, [leaky, twice], x)).toEqual({ y: [-2, 0], p: [-4, 6] });
  });

  test('has its own defaults, and leaves out what neither it nor the call says', () => {
    expect(run({ inputs: { x: [2] }, outputs: ['y'], nodes: [call('leaky', ['x'], ['y'])] }, [leaky], x)).toEqual({ y: [-0.5, 3] });
    const open = { ...leaky, defaults: {} };
    expect(run({ inputs: { x: [2] }, outputs: ['y'], nodes: [call('leaky', ['x'], ['y'])] }, [open], x).y![0]).toBeCloseTo(-0.04, 6);
  });

  test('hands an input through, has outputs that nobody wants, and inputs that nobody gives', () => {
    const through: FunctionSpec = { name: 'through', inputs: ['x', 'low'], outputs: ['x', 'c'], nodes: [{ op: 'Clip', inputs: ['x', 'low'], outputs: ['c'] }] };
    const nodes = [call('through', ['x'], ['y', '']), call('through', ['x', 'zero'], ['', 'z'])];
    expect(run({ inputs: { x: [2] }, outputs: ['y', 'z'], nodes, weights: { zero: [[], [0]] } }, [through], x)).toEqual({ y: [-4, 3], z: [0, 3] });
  });

  test('sees its own values from branches, which have names of their own', () => {
    const branch = (op: string) => graphProto({ outputs: ['h'], nodes: [{ op, inputs: ['s'], outputs: ['h'] }] });
    const chosen: FunctionSpec = { name: 'chosen', inputs: ['x', 'k'], outputs: ['z'], nodes: [
      { op: 'Add', inputs: ['x', 'x'], outputs: ['s'] },
      { op: 'If', inputs: ['k'], outputs: ['z'], graphs: { then_branch: branch('Neg'), else_branch: branch('Abs') } },
    ] };
    const nodes = [{ op: 'ReduceMax', inputs: ['x'], outputs: ['m'], int: { keepdims: 0 } }, { op: 'Greater', inputs: ['m', 'zero'], outputs: ['k'] }, { op: 'Not', inputs: ['k'], outputs: ['n'] }, call('chosen', ['x', 'k'], ['y']), call('chosen', ['x', 'n'], ['z'])];
    expect(run({ inputs: { x: [2] }, outputs: ['y', 'z'], nodes, weights: { zero: [[], [0]] } }, [chosen], x)).toEqual({ y: [8, -6], z: [8, 6] });
  });

  test.each([
    ['that calls itself', [{ name: 'f', inputs: ['x'], outputs: ['z'], nodes: [call('f', ['x'], ['z'])] }]],
    ['of functions that double', Array.from({ length: 31 }, (_, i): FunctionSpec => ({ name: i === 0 ? 'f' : `f${i}`, inputs: ['x'], outputs: ['z'], nodes: [call(`f${i + 1}`, ['x'], ['a']), call(`f${i + 1}`, ['a'], ['z'])] }))],
  ] as [string, FunctionSpec[]][])('%s is refused', (_, functions) => {
    expect(() => readOnnx(modelWithFunctions({ inputs: { x: [2] }, outputs: ['y'], nodes: [{ ...call('f', ['x'], ['y']), name: 'start' }] }, functions), 'endless')).toThrow(UnsupportedError);
  });
});

const erf = (v: number): number => Math.sign(v) * (1 - Math.exp(-(v * v) * ((4 / Math.PI + 0.147 * v * v) / (1 + 0.147 * v * v)))) ** 0.5;
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const a = [[2, 2], [1, -2, 0.5, 3]] as const;
const other = (op: string, inputs: string[], more: Partial<NodeSpec> = {}, outputs = ['y']): NodeSpec => ({ op, domain: 'com.microsoft', inputs, outputs, ...more });
const [w, b] = [[[2, 2], [2, 1, -1, 0.5]], [[2], [0.5, -1]]] as const;

describe.each([
  ['BiasGelu', other('BiasGelu', ['x', 'b']), [1.5, -3, 1, 2].map((v) => 0.5 * v * (1 + erf(v / Math.SQRT2)))],
  ['QuickGelu', other('QuickGelu', ['x'], { float: { alpha: 2 } }), a[1].map((v) => v * sigmoid(2 * v))],
  ['FastGelu', other('FastGelu', ['x']), a[1].map((v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))))],
  ['FusedMatMul', other('FusedMatMul', ['x', 'w'], { int: { transA: 1 }, float: { alpha: 2 } }), [3, 2.5, -14, -1]],
  ['FusedMatMul of a transposed second', other('FusedMatMul', ['x', 'w'], { int: { transB: 1 } }), [0, -2, 4, 1]],
  ['FusedGemm', other('FusedGemm', ['x', 'w', 'b'], { string: { activation: 'LeakyRelu' }, float: { activation_alpha: 0.5 } }), [4.5, -0.5, -0.75, 1]],
  ['SkipLayerNormalization', other('SkipLayerNormalization', ['x', 'w', 'b', 'b', 'b'], { float: { epsilon: 0 } }), [1, 0, 0, -2]],
  ['SkipSimplifiedLayerNormalization', other('SkipSimplifiedLayerNormalization', ['x', 'w', 'b'], { float: { epsilon: 0 } }), [0.5 * 3 / Math.sqrt(5), 1 / Math.sqrt(5), -0.25 / Math.sqrt(6.25), -3.5 / Math.sqrt(6.25)]],
  ['SimplifiedLayerNormalization', { ...other('SimplifiedLayerNormalization', ['x', 'b'], { float: { epsilon: 0 } }), domain: '' }, [0.5 / Math.sqrt(2.5), 2 / Math.sqrt(2.5), 0.25 / Math.sqrt(4.625), -3 / Math.sqrt(4.625)]],
] as [string, NodeSpec, number[]][])('%s', (_, node, expected) => {
  test('is what it is made of', () => {
    const { y } = run({ inputs: { x: [2, 2] }, outputs: ['y'], nodes: [node], weights: { w, b } }, [], { x: a });
    expected.forEach((value, i) => expect(Math.abs(y![i]! - value), `[${i}]: ${y![i]}, expected ${value}`).toBeLessThan(_ === 'BiasGelu' ? 5e-4 : 1e-5));
  });
});

describe.each([['Relu', [], (v: number) => Math.max(v, 0)], ['Clip', [0, 2], (v: number) => Math.min(Math.max(v, 0), 2)], ['Tanh', [], Math.tanh]] as const)('FusedConv with %s', (activation, params, f) => {
  test('adds, then applies it', () => {
    const node = other('FusedConv', ['x', 'k', 'c', 'z'], { string: { activation }, floats: { activation_params: params } });
    const map = [[1, 1, 1, 3], [1, -2, 3]] as const;
    const { y } = run({ inputs: { x: [1, 1, 1, 3], z: [1, 1, 1, 3] }, outputs: ['y'], nodes: [node], weights: { k: [[1, 1, 1, 1], [2]], c: [[1], [0.5]] } }, [], { x: map, z: [[1, 1, 1, 3], [0, 1, -3]] });
    [2.5, -2.5, 3.5].forEach((value, i) => expect(y![i]).toBeCloseTo(f(value), 5));
  });
});
