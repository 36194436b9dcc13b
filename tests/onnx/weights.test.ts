/** Weights that are made of a file's constants. */
import { expect, test } from 'vitest';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import type { OnnxModel } from '../../ts/onnx/form/types.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { openVariant } from '../golden/engine.js';
import { modelBytes } from './build.js';

test('are made once, however many pieces the engine reads', () => {
  const [rows, columns] = [700, 900];
  const numbers = Float32Array.from({ length: rows * columns }, (_, i) => (i % 7) - 3);
  const model = readOnnx(modelBytes({ inputs: { x: [1, rows] }, outputs: ['y'], nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }], weights: { w: [[rows, columns], [...numbers]] } }), 'matrix');
  let made = 0;
  const initializers = new Map([...model.graph.initializers].map(([name, constant]) => [name, { ...constant, tensor: () => { made += 1; return constant.tensor(); } }]));
  const counted: OnnxModel = { ...model, graph: { ...model.graph, initializers } };
  const engine = new OnnxEngine(openVariant('simd'), counted);
  const y = engine.run(new Map([['x', hostTensor('float32', [1, rows], new Array<number>(rows).fill(1))]])).get('y')!;
  expect(made).toBe(1);
  for (const column of [0, 450, 899]) expect(y.data[column]).toBe(Array.from({ length: rows }, (_, row) => numbers[row * columns + column]!).reduce((a, b) => a + b, 0));
  engine.dispose();
});
