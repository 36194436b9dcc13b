/** What a model gives is the caller's: nothing else reads or writes its memory. */
import { expect, test } from 'vitest';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { openVariant } from '../golden/engine.js';
import { modelBytes } from './build.js';

test('outputs have memory of their own: no input, constant or other output', () => {
  const model = readOnnx(modelBytes({
    inputs: { x: [2, 2] }, outputs: ['x', 'w', 'y', 'z', 'h'],
    nodes: [
      { op: 'Relu', inputs: ['x'], outputs: ['y'] },
      { op: 'Sin', inputs: ['y'], outputs: ['s'] },
      { op: 'Flatten', inputs: ['s'], outputs: ['h'], int: { axis: 0 } },
      { op: 'Identity', inputs: ['y'], outputs: ['z'] },
    ],
    weights: { w: [[3], [1, 2, 3]] },
  }), 'outputs');
  const engine = new OnnxEngine(openVariant('simd'), model);
  const x = hostTensor('float32', [2, 2], [1, -2, 3, 4]);
  const first = engine.run(new Map([['x', x]]));
  const kept = [...first].map(([name, { data }]) => [name, [...data]]);
  const buffers = new Set([...first.values(), x].map(({ data }) => data.buffer));
  expect(buffers.size).toBe(6);
  for (const { data } of first.values()) data.fill(7);
  const second = engine.run(new Map([['x', x]]));
  expect([...second].map(([name, { data }]) => [name, [...data]])).toEqual(kept);
  engine.dispose();
});
