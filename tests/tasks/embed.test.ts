/** embed gives what a run with that value as output gives, over the same weights, and refuses models that have no such value. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { DisposedError, EngineError, UnsupportedError } from '../../ts/base/errors.js';
import type { Graph } from '../../ts/graph/graph.js';
import type { LoadOptions } from '../../ts/model/load-options.js';
import { loadInline } from '../../ts/model/inline-model.js';
import { onnxReaderLater } from '../../ts/model/read-onnx-later.js';
import * as models from '../../ts/models/index.js';
import { add, conv2d, flatten, globalAvgPool2d, graph, input, linear, relu, sequential, softmax } from '../../ts/ops/layers.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { HEAD_NAMES } from '../../ts/tasks/detect/spec.js';
import { CASES as HEAD_CASES } from './detect/heads/outputs.js';
import { modelBytes } from '../onnx/build.js';
import type { GraphSpec, NodeSpec } from '../onnx/build.js';

const wasm = new WebAssembly.Module(new Uint8Array(readFileSync(new URL('../../crates/pkg/simd/receptive_bg.wasm', import.meta.url))));
const entry = { defaultWasm: () => wasm, readers: [onnxReaderLater] };

let state = 7;
const random = (): number => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8) / 2 ** 24;

const noise = { data: Uint8Array.from({ length: 3 * 40 * 30 }, () => 256 * random()), width: 40, height: 30, channels: 3 } as const;

function weightsOf(net: Graph): Record<string, Tensor> {
  return Object.fromEntries(net.params.map(({ name, shape }) => {
    const fan = shape.slice(1).reduce((a, b) => a * b, 1);
    const positive = name.endsWith('running_var');
    return [name, tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (positive ? 1 : 0) + (random() - 0.5) / Math.sqrt(fan)), shape)];
  }));
}

const open = (net: Graph, weights: Record<string, Tensor>, options: LoadOptions = {}) => loadInline(net, { weights, variant: 'simd', ...options }, entry);
const mean = (values: Float32Array, places: number): number[] =>
  Array.from({ length: values.length / places }, (_, c) => Math.fround(values.subarray(c * places, (c + 1) * places).reduce((a, b) => a + b, 0) / places));

describe('a graph', () => {
  const preprocess = { preset: 'unit', size: [64, 64] } as const;

  test.each([['resnet18', 'avgpool', 512, 1], ['mobilenet_v2', 'features', 1280, 4], ['squeezenet1_1', 'features', 512, 9]] as const)('%s: what the module %s gives', async (name, module, length, places) => {
    const net = models[name]();
    const weights = weightsOf(net);
    using model = await open(net, weights);
    using cut = await open(net, weights, { outputs: [module] });
    await model.classify(noise, { preprocess });
    const before = model.memory();
    const vector = await model.embed(noise, { preprocess });
    // The classifier is left out; what is there is packed once.
    expect(model.memory().weights).toBe(before.weights);
    expect(model.memory().activations).toBeGreaterThan(before.activations);
    const { toRgb } = await import('../../ts/image/pixels.js');
    const x = (await import('../../ts/image/preprocess.js')).preprocess(toRgb(noise), preprocess);
    const want = mean(cut.run(x)[module]!.data, places);
    expect(vector).toHaveLength(length);
    vector.forEach((value, i) => expect(Math.abs(value - want[i]!), `feature ${i}`).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(want[i]!))));
    expect(await model.embed(noise, { preprocess })).toEqual(vector);
    expect(await model.classify(noise, { preprocess })).toMatchObject({ scores: 'softmax' });
  });

  const x = input([1, 3, 30, 40]);
  const fully = graph({ x }, { y: sequential({ conv: conv2d(3, 5, 3), act: relu(), pool: globalAvgPool2d(), flat: flatten(), fc: linear(5, 4), prob: softmax() })(x) });

  it('gives vectors of length 1 on demand, and zeros as zeros', async () => {
    const weights = weightsOf(fully);
    using model = await open(fully, weights);
    const vector = await model.embed(noise, { preprocess: 'unit' });
    const length = Math.hypot(...vector);
    expect(length).toBeGreaterThan(0.01);
    const unit = await model.embed(noise, { preprocess: 'unit', normalize: true });
    unit.forEach((value, i) => expect(value).toBeCloseTo(vector[i]! / length, 6));
    using dead = await open(fully, { ...weights, 'conv.weight': tensor(new Float32Array(135), [5, 3, 3, 3]), 'conv.bias': tensor(new Float32Array(5), [5]) });
    expect(await dead.embed(noise, { preprocess: 'unit', normalize: true })).toEqual(new Float32Array(5));
  });

  it('may come before the first answer, of a model whose sizes are open too', async () => {
    const net = models.squeezenet1_1();
    const weights = weightsOf(net);
    using first = await open(net, weights);
    using second = await open(net, weights);
    const vector = await first.embed(noise, { preprocess });
    const answer = await first.classify(noise, { preprocess });
    expect(answer.top).toEqual((await second.classify(noise, { preprocess })).top);
    expect(await second.embed(noise, { preprocess })).toEqual(vector);
  });

  it('ends with its model', async () => {
    const model = await open(fully, weightsOf(fully));
    await model.embed(noise, { preprocess: 'unit' });
    model.dispose();
    await expect(model.embed(noise, { preprocess: 'unit' })).rejects.toThrow(DisposedError);
  });

  const refused: readonly (readonly [what: string, net: () => Graph, message: RegExp, options?: LoadOptions])[] = [
    ['maps', () => graph({ x }, { y: conv2d(3, 2, 1)(x) }), /embed: expected a model that ends in a fully connected layer.*there are maps, or rows of several numbers/],
    ['no layer', () => graph({ x }, { y: sequential([globalAvgPool2d(), flatten()])(x) }), /the input comes before one/],
    ['a convolution of nine pixels', () => graph({ x }, { y: sequential({ last: conv2d(3, 2, 3), pool: globalAvgPool2d(), flat: flatten() })(x) }), /last comes before one/],
    ['a sum', () => { const [a, b] = [conv2d(3, 2, 1, { name: 'a' })(x), conv2d(3, 2, 1, { name: 'b' })(x)]; return graph({ x }, { y: sequential([globalAvgPool2d(), flatten()])(add(a, b)) }); }, /comes before one, seen from the first output; choose a value by the option outputs/],
    ['scores of the pixels themselves', () => graph({ x }, { y: sequential({ last: conv2d(3, 2, 1), pool: globalAvgPool2d(), flat: flatten() })(x) }), /last reads the input itself/],
    ['scores of each place', () => graph({ x }, { y: sequential({ act: relu(), last: conv2d(3, 2, 1), flat: flatten() })(x) }), /got each of 1200 places has scores of its own, as in a detector, seen from the first output/],
    ['a detector', () => fully, /embed: expected a model made for classification, got one made for detection/, { task: 'detection' }],
  ];
  for (const [what, net, message, options] of refused) {
    test(`${what}: refused`, async () => {
      const made = net();
      using model = await open(made, weightsOf(made), options);
      await expect(model.embed(noise, { preprocess: 'unit' })).rejects.toThrow(UnsupportedError);
      await expect(model.embed(noise, { preprocess: 'unit' })).rejects.toThrow(message);
    });
  }

  it('refuses features that are not finite', async () => {
    const weights = weightsOf(fully);
    using model = await open(fully, { ...weights, 'conv.bias': tensor(new Float32Array(5).fill(Infinity), [5]) });
    await expect(model.embed(noise, { preprocess: 'unit' })).rejects.toThrow(EngineError);
  });
});

describe('an ONNX model', () => {
  const node = (op: string, inputs: string, output: string, int: NodeSpec['int'] = {}, ints: NodeSpec['ints'] = {}): NodeSpec => ({ op, inputs: inputs.split(' '), outputs: [output], int, ints });
  const grid = (length: number): number[] => Array.from({ length }, (_, i) => ((i * 37) % 11) / 11 - 0.4);
  const weights: NonNullable<GraphSpec['weights']> = {
    w: [[5, 3, 3, 3], grid(135)], m: [[5, 4], grid(20)], t: [[4, 5], grid(20)], k: [[4, 5, 1, 1], grid(20)], b: [[4], grid(4)],
  };
  const body = [node('Conv', 'x w', 'c'), node('Relu', 'c', 'maps')];
  const pooled = [...body, node('GlobalAveragePool', 'maps', 'p'), node('Flatten', 'p', 'f')];
  const bytes = (nodes: readonly NodeSpec[], value?: string): Uint8Array =>
    modelBytes({ inputs: { x: [1, 3, 12, 16] }, outputs: [value ?? 'y'], nodes, weights, int64: { flat: [1, -1], rows: [1, 140, 5] } });
  const ask = async (nodes: readonly NodeSpec[]) => {
    using model = await loadInline(bytes(nodes), { variant: 'simd' }, entry);
    await model.classify(noise, { preprocess: 'unit', scores: 'softmax' });
    const before = model.memory().weights;
    const vector = await model.embed(noise, { preprocess: 'unit' });
    expect(model.memory().weights).toBe(before);
    return vector;
  };
  const feature = async (nodes: readonly NodeSpec[], value: string): Promise<number[]> => {
    using model = await loadInline(bytes(nodes, value), { variant: 'simd' }, entry);
    const { toRgb } = await import('../../ts/image/pixels.js');
    const x = (await import('../../ts/image/preprocess.js')).preprocess(toRgb(noise), 'unit', [12, 16]);
    const { data, shape } = model.run(x)[value]!;
    return mean(data, data.length / shape[1]!);
  };

  test.each<readonly [string, readonly NodeSpec[], string]>([
    ['Gemm', [...pooled, node('Gemm', 'f t b', 'y', { transB: 1 })], 'f'],
    ['MatMul, Add and Softmax', [...pooled, node('MatMul', 'f m', 'z'), node('Add', 'z b', 's'), node('Softmax', 's', 'y')], 'f'],
    ['a convolution of one pixel, then the mean', [...body, node('Conv', 'maps k', 'z', {}, { kernel_shape: [1, 1] }), node('Relu', 'z', 'r'), node('GlobalAveragePool', 'r', 'g'), node('Reshape', 'g flat', 'y')], 'maps'],
    ['weights that are computed of constants', [...pooled, node('Transpose', 't', 'tt', {}, { perm: [1, 0] }), node('MatMul', 'f tt', 'y')], 'f'],
  ])('%s', async (_, nodes, value) => {
    const [vector, want] = [await ask(nodes), await feature(nodes, value)];
    expect(vector).toHaveLength(5);
    expect(want.some((number) => number > 0.01)).toBe(true);
    vector.forEach((number, i) => expect(Math.abs(number - want[i]!)).toBeLessThanOrEqual(1e-6));
  });

  test.each<readonly [string, readonly NodeSpec[], RegExp]>([
    ['nothing that weighs', [...body, node('GlobalAveragePool', 'maps', 'p'), node('Flatten', 'p', 'y')], /Conv\(c\) comes before one/],
    ['a product of what is computed', [...pooled, node('Transpose', 'f', 'ft', {}, { perm: [1, 0] }), node('MatMul', 'f ft', 'y')], /MatMul\(y\) comes before one/],
    ['an unknown way back', [...pooled, node('Gemm', 'f t b', 'z', { transB: 1 }), node('TopK', 'z flat', 'y')], /TopK\(y\) comes before one/],
    ['a fully connected layer over rows of places', [...body, node('Reshape', 'maps rows', 'r'), node('MatMul', 'r m', 'y')], /each of 140 places has scores of its own/],
  ])('%s: refused', async (_, nodes, message) => {
    using model = await loadInline(bytes(nodes), { variant: 'simd' }, entry);
    await expect(model.embed(noise, { preprocess: 'unit' })).rejects.toThrow(UnsupportedError);
    await expect(model.embed(noise, { preprocess: 'unit' })).rejects.toThrow(message);
  });
});

describe('a detector', () => {
  const cases = HEAD_CASES.filter(({ outputs: [first] }) => first!.dtype === 'float32' && first!.shape.every((dim) => dim > 0));

  it('is tried of each kind', () => {
    expect(new Set(cases.map(({ head }) => head))).toEqual(new Set(HEAD_NAMES));
  });

  // A convolution of one pixel whose numbers are reshaped: what exporters write behind each map.
  test.each(cases.map(({ name, outputs }) => [name, outputs[0]!.shape] as const))('%s: refused', async (_, shape) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const bytes = modelBytes({
      inputs: { x: [1, 3, 1, count] }, outputs: ['y'], int64: { shape },
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['maps'] }, { op: 'Conv', inputs: ['maps', 'k'], outputs: ['c'] }, { op: 'Reshape', inputs: ['c', 'shape'], outputs: ['y'] }], weights: { k: [[1, 3, 1, 1], [1, 2, 3]] },
    });
    using model = await loadInline(bytes, { variant: 'simd' }, entry);
    await expect(model.embed(noise, { preprocess: 'unit' })).rejects.toThrow('embed: expected a model that ends in a fully connected layer');
  });
});
