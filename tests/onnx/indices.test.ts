/** Indices that are given when the model runs: the engine has no bounds, so they are looked at before. */
import { expect, test } from 'vitest';
import { ShapeError } from '../../ts/base/errors.js';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { openVariant } from '../golden/engine.js';
import { modelBytes } from './build.js';

const INT64 = 7;
const table = [[3, 2], [1, 2, 3, 4, 5, 6]] as const;

test('rows of a table are taken in the engine, from either end; what is no row is refused, and names the node', () => {
  const model = readOnnx(modelBytes({ inputs: { i: ['N'] }, types: { i: INT64 }, outputs: ['y'], nodes: [{ op: 'Gather', name: 'rows', inputs: ['t', 'i'], outputs: ['y'] }], weights: { t: table } }), 'table');
  const engine = new OnnxEngine(openVariant('simd'), model);
  const hosts: string[] = [];
  const run = (...indices: number[]) => engine.run(new Map([['i', hostTensor('int64', [indices.length], indices)]]), { host: ({ op }) => hosts.push(op) }).get('y')!;
  expect([...run(2, -3).data]).toEqual([5, 6, 1, 2]);
  for (const outside of [3, -4, 2 ** 40, Number.NaN]) {
    expect(() => run(0, outside)).toThrow(ShapeError);
    expect(() => run(0, outside)).toThrow(/rows.*axis of 3/);
  }
  expect([...run(1).data]).toEqual([3, 4]);
  expect(hosts).toEqual([]);
  engine.dispose();
});

test('of a table of whole numbers they stay whole numbers', () => {
  const model = readOnnx(modelBytes({ inputs: { i: [2] }, types: { i: INT64 }, outputs: ['y'], nodes: [{ op: 'Gather', inputs: ['t', 'i'], outputs: ['y'] }], int64: { t: [5, 2 ** 40, 7] } }), 'table');
  const engine = new OnnxEngine(openVariant('simd'), model);
  const y = engine.run(new Map([['i', hostTensor('int64', [2], [1, 0])]])).get('y')!;
  expect([y.dtype, ...y.data]).toEqual(['int64', 2 ** 40, 5]);
  engine.dispose();
});

test('what the engine itself finds is taken without a look', () => {
  const model = readOnnx(modelBytes({ inputs: { x: [4] }, outputs: ['y'], nodes: [{ op: 'ArgMax', inputs: ['x'], outputs: ['i'] }, { op: 'Gather', inputs: ['t', 'i'], outputs: ['y'] }], weights: { t: [[4, 1], [10, 20, 30, 40]] } }), 'best');
  const engine = new OnnxEngine(openVariant('simd'), model);
  expect([...engine.run(new Map([['x', hostTensor('float32', [4], [1, 5, 2, 3])]])).get('y')!.data]).toEqual([20]);
  engine.dispose();
});
