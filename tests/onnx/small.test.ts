/** Small graphs at the edges of shapes, answered as onnxruntime answers. */
import { expect, test } from 'vitest';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { openVariant } from '../golden/engine.js';
import { graphProto, modelBytes } from './build.js';
import type { GraphSpec, NodeSpec } from './build.js';

type Numbers = readonly [shape: readonly number[], data: readonly number[]];

function run(spec: GraphSpec, inputs: Readonly<Record<string, Numbers>>, opset = 18): Record<string, Numbers> {
  const engine = new OnnxEngine(openVariant('simd'), readOnnx(modelBytes(spec, opset), 'small'));
  const results = engine.run(new Map(Object.entries(inputs).map(([name, [shape, data]]) => [name, hostTensor('float32', shape, data)])));
  engine.dispose();
  return Object.fromEntries([...results].map(([name, { shape, data }]) => [name, [shape, [...data]]]));
}

test.each([
  ['Not', [{ op: 'Not', inputs: ['k'], outputs: ['t'] }], 0],
  ['Xor', [{ op: 'Not', inputs: ['k'], outputs: ['n'] }, { op: 'Xor', inputs: ['k', 'n'], outputs: ['t'] }], 1],
] as const)('%s of a truth without dimensions has none', (_, nodes, expected) => {
  const before = [{ op: 'ReduceSum', inputs: ['x'], outputs: ['s'], int: { keepdims: 0 } }, { op: 'Greater', inputs: ['s', 'zero'], outputs: ['k'] }];
  const after = { op: 'Cast', inputs: ['t'], outputs: ['y'], int: { to: 1 } };
  expect(run({ inputs: { x: [2] }, outputs: ['y'], nodes: [...before, ...nodes, after], weights: { zero: [[], [0]] } }, { x: [[2], [1, 2]] })).toEqual({ y: [[], [expected]] });
});

test('what an operator hands through unchanged is there for a branch', () => {
  const branch = (op: string) => graphProto({ outputs: ['h'], nodes: [{ op, inputs: ['e'], outputs: ['h'] }] });
  const nodes = [
    { op: 'Einsum', inputs: ['x'], outputs: ['e'], string: { equation: 'a->a' } },
    { op: 'ReduceSum', inputs: ['x'], outputs: ['s'], int: { keepdims: 0 } },
    { op: 'Greater', inputs: ['s', 'zero'], outputs: ['k'] },
    { op: 'If', inputs: ['k'], outputs: ['y'], graphs: { then_branch: branch('Neg'), else_branch: branch('Abs') } },
  ];
  expect(run({ inputs: { x: [2] }, outputs: ['y', 'e'], nodes, weights: { zero: [[], [0]] } }, { x: [[2], [3, -1]] })).toEqual({ y: [[2], [-3, 1]], e: [[2], [3, -1]] });
});

const SIDE = 256;
const maps: Numbers = [[2, 4, SIDE, SIDE], Array.from({ length: 8 * SIDE * SIDE }, (_, at) => Math.floor(at / (SIDE * SIDE)))];

test('indices as many as images are those of every image', () => {
  const nodes: NodeSpec[] = [
    { op: 'Cast', inputs: ['i'], outputs: ['c'], int: { to: 7 } },
    { op: 'Gather', inputs: ['x', 'c'], outputs: ['g'], int: { axis: 1 } },
    { op: 'ReduceMax', inputs: ['g', 'axes'], outputs: ['y'] },
  ];
  const spec = { inputs: { x: maps[0], i: [2] }, outputs: ['y'], nodes, int64: { axes: [2, 3] } };
  expect(run(spec, { x: maps, i: [[2], [3, 1]] })).toEqual({ y: [[2, 2, 1, 1], [3, 1, 7, 5]] });
});
