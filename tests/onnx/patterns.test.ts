/** Functions written out as arithmetic: where they are recognised, and where they must not be. */
import { describe, expect, test } from 'vitest';
import { matchPatterns } from '../../ts/onnx/plan/patterns.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import { openVariant } from '../golden/engine.js';
import { modelBytes } from './build.js';
import type { NodeSpec } from './build.js';

const weights = { two: [[], [2]], root: [[], [Math.SQRT2]], inverse: [[1], [Math.SQRT1_2]], one: [[], [1]], half: [[1, 1], [0.5]], three: [[], [3]], zero: [[], [0]], six: [[], [6]], sixth: [[], [1 / 6]], vector: [[2], [0.5, 0.25]], shift: [[2], [0.125, -3]], eps: [[], [1e-5]] } as const;
const node = (op: string, output: string, ...inputs: string[]): NodeSpec => ({ op, inputs, outputs: [output] });
const erf = [node('Div', 'd', 'x', 'root'), node('Erf', 'e', 'd'), node('Add', 'a', 'e', 'one')];

const mean = (output: string, input: string, axes = [-1]): NodeSpec => ({ ...node('ReduceMean', output, input), ints: { axes } });
const norm = (...square: NodeSpec[]): NodeSpec[] => [mean('m', 'x'), node('Sub', 'd', 'x', 'm'), ...square, node('Add', 'v1', 'v', 'eps'), node('Sqrt', 'r', 'v1'), node('Div', 'q', 'd', 'r')];
const byPow = [node('Pow', 's', 'd', 'two'), mean('v', 's')];
const affine = [node('Mul', 'w', 'q', 'vector'), node('Add', 'y', 'w', 'shift')];
const names = (nodes: readonly NodeSpec[]): string[] => nodes.map(({ op }) => op);

type Case = readonly [what: string, nodes: readonly NodeSpec[], left: readonly string[], outputs?: readonly string[]];

const CASES: readonly Case[] = [
  ['x (1 + erf) / 2', [...erf, node('Mul', 'p', 'x', 'a'), node('Mul', 'y', 'p', 'half')], ['Gelu']],
  ['x (1 + erf) divided by 2', [...erf, node('Mul', 'p', 'a', 'x'), node('Div', 'y', 'p', 'two')], ['Gelu']],
  ['(x / 2) (1 + erf)', [node('Mul', 'h', 'half', 'x'), ...erf, node('Mul', 'y', 'h', 'a')], ['Gelu']],
  ['x ((1 + erf) / 2)', [...erf, node('Mul', 'p', 'a', 'half'), node('Mul', 'y', 'x', 'p')], ['Gelu']],
  ['by a product with 1 / sqrt(2)', [node('Mul', 'd', 'inverse', 'x'), node('Erf', 'e', 'd'), node('Add', 'a', 'one', 'e'), node('Mul', 'p', 'x', 'a'), node('Mul', 'y', 'p', 'half')], ['Gelu']],
  ['not with another number', [...erf, node('Mul', 'p', 'x', 'a'), node('Mul', 'y', 'p', 'sixth')], ['Div', 'Erf', 'Add', 'Mul', 'Mul']],
  ['not with a vector', [...erf, node('Mul', 'p', 'x', 'a'), node('Mul', 'y', 'p', 'vector')], ['Div', 'Erf', 'Add', 'Mul', 'Mul']],
  ['not where an inner value is an output', [...erf, node('Mul', 'p', 'x', 'a'), node('Mul', 'y', 'p', 'half')], ['Div', 'Erf', 'Add', 'Mul', 'Mul'], ['y', 'e']],
  ['not where an inner value is read twice', [...erf, node('Mul', 'p', 'x', 'a'), node('Mul', 'q', 'p', 'half'), node('Add', 'y', 'q', 'a')], ['Div', 'Erf', 'Add', 'Mul', 'Mul', 'Add']],
  ['not of another x', [...erf, node('Mul', 'p', 'six', 'a'), node('Mul', 'y', 'p', 'half')], ['Div', 'Erf', 'Add', 'Mul', 'Mul']],
  ['clip(x + 3) / 6', [node('Add', 's', 'x', 'three'), node('Clip', 'c', 's', 'zero', 'six'), node('Div', 'y', 'c', 'six')], ['HardSigmoid']],
  ['clip(x + 3) times a sixth', [node('Add', 's', 'three', 'x'), node('Clip', 'c', 's', 'zero', 'six'), node('Mul', 'y', 'sixth', 'c')], ['HardSigmoid']],
  ['x clip(x + 3) / 6', [node('Add', 's', 'x', 'three'), node('Clip', 'c', 's', 'zero', 'six'), node('Mul', 'p', 'x', 'c'), node('Div', 'y', 'p', 'six')], ['HardSwish']],
  ['not z clip(x + 3) / 6', [node('Add', 's', 'x', 'three'), node('Clip', 'c', 's', 'zero', 'six'), node('Mul', 'p', 'six', 'c'), node('Div', 'y', 'p', 'six')], ['Add', 'Clip', 'Mul', 'Div']],
  ['x tanh(softplus(x))', [node('Softplus', 's', 'x'), node('Tanh', 't', 's'), node('Mul', 'y', 't', 'x')], ['Mish']],
  ['not z tanh(softplus(x))', [node('Softplus', 's', 'x'), node('Tanh', 't', 's'), node('Mul', 'y', 't', 'two')], ['Softplus', 'Tanh', 'Mul']],
  ['a norm over the last dimension', [...norm(...byPow), ...affine], ['LayerNormalization']],
  ['a norm that squares by a product', [...norm(node('Mul', 's', 'd', 'd'), mean('v', 's')), ...affine], ['LayerNormalization']],
  ['a norm without a shift', [...norm(...byPow), node('Mul', 'y', 'vector', 'q')], ['LayerNormalization']],
  ['not a norm without a factor', [...norm(...byPow), node('Relu', 'y', 'q')], names([...norm(...byPow), node('Relu', 'y', 'q')])],
  ['not a norm whose variance is an output', [...norm(...byPow), ...affine], names([...norm(...byPow), ...affine]), ['y', 'v']],
  ['not a norm over the first dimension', [...norm(node('Pow', 's', 'd', 'two'), mean('v', 's', [0])), ...affine], names([...norm(...byPow), ...affine])],
  ['not a third power', [...norm(node('Pow', 's', 'd', 'three'), mean('v', 's')), ...affine], names([...norm(...byPow), ...affine])],
  ['not clip(x + 3, 0, 3) / 6', [node('Add', 's', 'x', 'three'), node('Clip', 'c', 's', 'zero', 'three'), node('Div', 'y', 'c', 'six')], ['Add', 'Clip', 'Div']],
  ['not 6 / clip(x + 3)', [node('Add', 's', 'x', 'three'), node('Clip', 'c', 's', 'zero', 'six'), node('Div', 'y', 'six', 'c')], ['Add', 'Clip', 'Div']],
];

describe.each(CASES.map(([what, nodes, expected, outputs = ['y']]) => ({ what, nodes, expected, outputs })))('$what', ({ nodes, expected, outputs }) => {
  const model = readOnnx(modelBytes({ inputs: { x: [3, 2] }, outputs, nodes, weights: weights as never }), 'pattern');

  test('leaves these operators', () => {
    expect(matchPatterns(model.graph.nodes, model.graph).map(({ op }) => op)).toEqual(expected);
  });

  test('gives the same', () => {
    const inputs = new Map([['x', hostTensor('float32', [3, 2], [-4, -1, -0.1, 0.2, 1, 5])]]);
    const [matched, plain] = [{}, { plan: { optimize: false } }].map((how) => new OnnxEngine(openVariant('simd'), model, how).run(inputs));
    for (const name of outputs) {
      const [got, expected] = [matched!.get(name)!, plain!.get(name)!];
      expect([got.dtype, got.shape, got.data.length]).toEqual([expected.dtype, expected.shape, expected.data.length]);
      expected.data.forEach((value: number, i: number) => expect(got.data[i]).toBeCloseTo(value, 5));
    }
  });
});
