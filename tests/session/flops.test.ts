/** Floating-point operations against numbers that others have published, and against the formula. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { conv2d, graph, input, linear, relu, sequential } from '../../ts/ops/layers.js';
import { loadInline } from '../../ts/model/inline-model.js';
import type { InlineModel } from '../../ts/model/inline-model.js';
import { onnxReaderLater } from '../../ts/model/read-onnx-later.js';
import * as models from '../../ts/models/index.js';
import type { Graph } from '../../ts/graph/graph.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { modelBytes } from '../onnx/build.js';
import type { GraphSpec } from '../onnx/build.js';

const wasm = new WebAssembly.Module(new Uint8Array(readFileSync(new URL('../../crates/pkg/simd/receptive_bg.wasm', import.meta.url))));
const entry = { defaultWasm: () => wasm, readers: [onnxReaderLater] };

function zeros(net: Graph): Promise<InlineModel> {
  const weights = Object.fromEntries(net.params.map(({ name, shape }) => [name, tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape)]));
  return loadInline(net, { weights, variant: 'simd' }, entry);
}

// torchvision's `_ops` of these weights: 1e9 multiply-adds of an image of 224 x 224.
test.each([['squeezenet1_1', 0.349], ['mobilenet_v2', 0.301], ['resnet18', 1.814]] as const)('%s takes what torchvision says', async (name, billions) => {
  using model = await zeros(models[name]());
  const { total, byLayer, byType, uncounted } = model.flops([1, 3, 224, 224]);
  expect(Number((total / 2e9).toFixed(3))).toBe(billions);
  for (const parts of [byLayer, byType]) expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total);
  expect(uncounted).toEqual({});
});

describe('a small network', () => {
  const x = input([null, 4, 6, 6]);
  const net = graph({ x }, { y: sequential({ conv: conv2d(4, 8, 3, { groups: 2, stride: 2, padding: 1 }), relu: relu() })(x) });

  test('takes two operations for each tap of each output', async () => {
    using model = await zeros(net);
    const conv = 2 * (8 * 3 * 3) * (2 * 3 * 3);
    expect(model.flops()).toEqual({ total: conv, byLayer: { conv }, byType: { Conv2d: conv }, uncounted: {} });
    expect(model.flops([5, 4, 6, 6]).total).toBe(5 * conv);
  });

  test('has layers by their paths, and kinds of layers together', async () => {
    const z = input([1, 3]);
    using model = await zeros(graph({ z }, { y: sequential({ head: sequential([linear(3, 5), relu(), linear(5, 2)]) })(z) }));
    expect(model.flops()).toEqual({ total: 50, byLayer: { 'head.0': 30, 'head.2': 20 }, byType: { Linear: 50 }, uncounted: {} });
  });
});

test('an ONNX model says what it cannot count', async () => {
  const nodes = [
    { op: 'Conv', name: 'c', inputs: ['x', 'w'], outputs: ['a'] },
    { op: 'TopK', name: 't', inputs: ['a', 'k'], outputs: ['y', 'i'] },
  ];
  const spec: GraphSpec = { inputs: { x: [1, 2, 1, 4] }, outputs: ['y'], nodes, weights: { w: [[3, 2, 1, 1], [1, 2, 3, 4, 5, 6]] }, int64: { k: [2n] } };
  using model = await loadInline(modelBytes(spec), { variant: 'simd' }, entry);
  const flops = model.flops();
  expect(flops).toMatchObject({ total: 2 * 24, uncounted: { TopK: 1 } });
  expect(Object.values(flops.byLayer)).toEqual([48]);
});
