/** The option `outputs`: values from inside a model, of safetensors and ONNX files. In the built package. */
import * as library from 'receptive';
import * as inline from 'receptive/inline';
import type { Tensor } from 'receptive';
import { describe, expect, it } from 'vitest';
import { modelBytes } from '../onnx/build.js';

const { createPool, load, models, saveModel, tensor, toGraph, withOutputs } = library;
const any = <T>(value: unknown): T => value as T;

const NET = models.lenet5({ input: [1, 1, 28, 28] });
const filled = (shape: readonly number[], seed: number): Tensor =>
  tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7 + seed) % 19) / 19 - 0.5), shape);
const WEIGHTS = Object.fromEntries(NET.params.map(({ name, shape }, i) => [name, filled(shape, i)]));
const FILE = saveModel({ graph: NET, weights: WEIGHTS });
const X = filled([1, 1, 28, 28], 3);

describe('of a safetensors file', () => {
  const names = ['conv1', 'relu3', 'output'];

  it('are the inner values, in a worker, a pool and inline, optimised or not', async () => {
    using expected = await inline.load(withOutputs(NET, names), { weights: WEIGHTS });
    const want = expected.run(X);
    expect(Object.keys(want)).toEqual(names);
    expect(want['conv1']?.shape).toEqual([1, 6, 28, 28]);
    await using model = await load(FILE, { outputs: names });
    expect(model.outputs.map(({ name, shape }) => [name, shape])).toEqual([['conv1', [1, 6, 28, 28]], ['relu3', [1, 120]], ['output', [1, 10]]]);
    expect(await model.run(X)).toEqual(want);
    const pool = await createPool({ model: FILE, size: 1, options: { outputs: names } });
    expect(await pool.run(X)).toEqual(want);
    await pool.dispose();
    using plain = await inline.load(FILE, { outputs: names, optimize: false });
    for (const [name, { data }] of Object.entries(plain.run(X))) {
      expect(Math.max(...data.map((value, i) => Math.abs(value - want[name]!.data[i]!)))).toBeLessThan(1e-4);
    }
    expect(model.graph?.outputs.map(({ name }) => name)).toEqual(names);
  });

  it('of a graph as well, and nothing behind them is computed', async () => {
    using model = await inline.load(NET, { weights: WEIGHTS, outputs: ['pool1'] });
    expect(Object.keys(model.run(X))).toEqual(['pool1']);
    expect(model.profile(X).steps.some(({ layer }) => layer.startsWith('fc'))).toBe(false);
  });

  it('summary() has the layers that are computed, and counts nothing of the others', async () => {
    using whole = await inline.load(FILE);
    for (const optimize of [true, false]) {
      using model = await inline.load(FILE, { outputs: ['pool1'], optimize });
      const { layers, params, macs } = model.summary();
      expect(layers.map(({ name }) => name)).toEqual(['conv1', 'relu1', 'pool1']);
      expect([params, macs]).toEqual([6 * 25 + 6, 6 * 28 * 28 * 25]);
      expect(model.profile(X, { iterations: 1 }).steps.some(({ layer }) => layer.startsWith('fc'))).toBe(false);
      expect(model.memory().weights).toBeLessThan(whole.memory().weights);
    }
    expect([whole.summary().params, whole.summary().layers.length]).toEqual([NET.params.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0), NET.nodes.length]);
    await using sent = await load(FILE, { outputs: ['pool1'] });
    expect((await sent.summary()).params).toBe(156);
  });

  const wrong: readonly (readonly [string, unknown, string, RegExp])[] = [
    ['a name nearly right', ['conv1', 'pol2'], 'graph', /^outputs: expected the name of a module or output, got pol2; did you mean pool2\?$/],
    ['a name of nothing', ['x'], 'graph', /^outputs: expected the name of a module or output, got x; there are output, conv1, relu1/],
    ['an inherited name', ['constructor'], 'graph', /got constructor; /],
    ['no names', [], 'argument', /outputs: expected a list of names/],
    ['a text', 'conv1', 'argument', /outputs: expected a list of names, got "conv1"/],
    ['numbers', [1], 'argument', /outputs: expected a list of names/],
  ];
  it.each(wrong)('%s is refused', async (_, outputs, code, message) => {
    await expect(load(FILE, { outputs: any(outputs) })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await expect(inline.load(NET, { weights: WEIGHTS, outputs: any(outputs) })).rejects.toMatchObject({ code });
  });
});

describe('of an ONNX file', () => {
  // Erf is the host's: the values lie on both sides of it.
  const nodes = [
    { op: 'Conv', name: 'c', inputs: ['x', 'w'], outputs: ['features/conv'] },
    { op: 'Relu', name: 'r', inputs: ['features/conv'], outputs: ['features/relu'] },
    { op: 'CumSum', name: 's', inputs: ['features/relu', 'axis'], outputs: ['sums'] },
    { op: 'Relu', name: 'l', inputs: ['sums'], outputs: ['y'] },
  ];
  const spec = {
    inputs: { x: ['n', 1, 2, 2] }, values: { 'features/relu': ['n', 2, 2, 2] }, outputs: ['y'], nodes,
    weights: { w: [[2, 1, 1, 1], [1, -1]] as const }, int64: { axis: [1] },
  };
  const x = tensor([1, -2, 3, -4], [1, 1, 2, 2]);
  const CONV = [1, -2, 3, -4, -1, 2, -3, 4];
  const RELU = [1, 0, 3, 0, 0, 2, 0, 4];
  const SUMS = [1, 0, 3, 0, 1, 2, 3, 4];

  it('are the values by name, in the engine and beside it', async () => {
    for (const optimize of [true, false]) {
      await using model = await load(modelBytes(spec), { outputs: ['sums', 'features/conv', 'features/relu', 'y'], optimize });
      const got = await model.run(x);
      expect(Object.fromEntries(Object.entries(got).map(([name, { data }]) => [name, [...data].map((value) => value + 0)]))).toEqual({
        sums: SUMS, 'features/conv': CONV, 'features/relu': RELU, y: SUMS,
      });
    }
  });

  it('have the shape that the file says', async () => {
    using model = await inline.load(modelBytes(spec), { outputs: ['features/relu', 'features/conv'] });
    expect(model.outputs).toMatchObject([{ name: 'features/relu', shape: [null, 2, 2, 2] }, { name: 'features/conv', anyRank: true }]);
  });

  it('do without what is not supported behind them', async () => {
    const beyond = modelBytes({ ...spec, nodes: [...nodes.slice(0, 3), { op: 'Frobnicate', name: 'l', inputs: ['sums'], outputs: ['y'] }] });
    await expect(load(beyond)).rejects.toMatchObject({ code: 'unsupported' });
    using model = await inline.load(beyond, { outputs: ['features/relu'] });
    expect(model.run(x)['features/relu']?.data).toEqual(Float32Array.from(RELU));
  });

  it('summary() counts what they need', async () => {
    const more = modelBytes({ ...spec, nodes: [...nodes.slice(0, 3), { op: 'Mul', name: 'm', inputs: ['sums', 'v'], outputs: ['y'] }], weights: { ...spec.weights, v: [[2, 1, 1], [1, 2]] as const } });
    const shapes = { x: [1, 1, 2, 2] };
    using whole = await inline.load(more);
    expect(whole.summary(shapes).params).toBe(2 + 1 + 2);
    using model = await inline.load(more, { outputs: ['features/relu'] });
    const { layers, params } = model.summary(shapes);
    expect([layers.some(({ name }) => name === 'm'), params]).toEqual([false, 2]);
  });

  it('unknown names are refused with the nearest', async () => {
    await expect(load(modelBytes(spec), { outputs: ['feature/relu'] })).rejects.toMatchObject({
      code: 'graph', message: 'outputs: expected the name of a module or output, got feature/relu; did you mean features/relu?',
    });
    await expect(load(modelBytes(spec), { outputs: ['w'] })).rejects.toMatchObject({ message: expect.stringMatching(/there are y, features\/conv, features\/relu, sums$/) });
    await expect(load(modelBytes(spec), { outputs: [] })).rejects.toMatchObject({ code: 'argument' });
  });
});

it('a layer that was not made a graph is looked into too', async () => {
  const layer = library.sequential({ a: library.relu(), b: library.sigmoid() }, { input: [1, 2] });
  expect(toGraph(layer).modules).toMatchObject({ a: 1 });
  using model = await inline.load(layer, { outputs: ['a'] });
  expect(model.run(tensor([-1, 2], [1, 2]))).toEqual({ a: tensor([0, 2], [1, 2]) });
});

it('graph data that is damaged is no reason for an error without a code', () => {
  const data = { ...library.graphToData(NET), outputs: [null] };
  expect(library.graphFromData(withOutputs(any<library.GraphData>(data), ['conv1'])).outputs.map(({ name }) => name)).toEqual(['conv1']);
  expect(() => withOutputs(any<library.GraphData>(data), ['conv9'])).toThrow(library.GraphError);
});

it('a listener of progress that throws ends the load, with what it threw as the cause', async () => {
  const cause = new Error('boom');
  const onProgress = (): void => {
    throw cause;
  };
  const file = new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url);
  await expect(load(file, { onProgress })).rejects.toMatchObject({ code: 'argument', place: 'onProgress', cause });
});

it('the entries export networks and nothing else', async () => {
  const entry = await import('receptive/models');
  expect(Object.keys(entry).sort()).toEqual(Object.keys(models).sort());
});
