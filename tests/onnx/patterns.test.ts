/** Functions written out as arithmetic: where they are recognised, and where they must not be. */
import { describe, expect, test } from 'vitest';
import { matchPatterns } from '../../ts/onnx/plan/patterns.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import { openVariant } from '../golden/engine.js';
import { modelBytes } from './build.js';
import type { NodeSpec } from './build.js';

const weights = { two: [[], [2]], root: [[], [Math.SQRT2]], inverse: [[1], [Math.SQRT1_2]], one: [[], [1]], half: [[1, 1], [0.5]], three: [[], [3]], zero: [[], [0]], six: [[], [6]], sixth: [[], [1 / 6]], vector: [[2], [0.5, 0.25]] } as const;
const node = (op: string, output: string, ...inputs: string[]): NodeSpec => ({ op, inputs, outputs: [output] });
const erf = [node('Div', 'd', 'x', 'root'), node('Erf', 'e', 'd'), node('Add', 'a', 'e', 'one')];

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
