/** saveModel and back, of every builder: bits, labels, preprocessing, task; and what is refused. In the built package. */
import { readFileSync } from 'node:fs';
import * as library from 'receptive';
import { squeezenet1_1 } from 'receptive/assets';
import * as inline from 'receptive/inline';
import type { Graph, GraphData, ModelContent, Task, Tensor } from 'receptive';
import { describe, expect, it, test } from 'vitest';
import { readSafetensors } from '../../ts/formats/safetensors.js';

const { conv2d, flatten, graph, graphFromData, graphToData, input, linear, load, models, relu, saveModel, sequential, tensor } = library;
const any = <T>(value: unknown): T => value as T;

/** Numbers of He's deviation (arXiv 1502.01852), so that an input shows in the output, and scales around 1. */
function random(network: Graph, change = (value: number): number => value): Record<string, Tensor> {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Object.fromEntries(
    network.params.map(({ name, shape }) => {
      const isScale = shape.length === 1 && /running_var$|weight$/.test(name);
      const limit = shape.length > 1 ? Math.sqrt(6 / shape.slice(1).reduce((a, b) => a * b)) : 0.1;
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => change(Math.fround(isScale ? 0.5 + next() : limit * (2 * next() - 1))));
      return [name, tensor(data, shape)];
    }),
  );
}

/** The nearest number of 11 binary digits, ties to even: what float16 is between 2^-14 and 65504, and below in steps of 2^-24. */
function rounded(value: number): number {
  if (value === 0) return 0;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 10);
  const steps = value / step;
  const below = Math.floor(steps);
  const up = steps - below > 0.5 || (steps - below === 0.5 && below % 2 !== 0);
  return (below + Number(up)) * step;
}

const MOST_PARAMS = 1_000_000;

/** The first layers, up to so many parameters: the large networks are large in their last ones. */
function beginningOf(network: Graph): Graph {
  const { nodes, modules, ...data } = graphToData(network);
  const shapes = new Map(network.params.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]));
  let sum = 0;
  const kept = nodes.filter(({ params }) => (sum += Object.values(params).reduce((a, name) => a + (shapes.get(name) ?? 0), 0)) <= MOST_PARAMS);
  if (kept.length === nodes.length) return network;
  const last = kept.at(-1)?.outputs[0] ?? 0;
  const named = Object.fromEntries(Object.entries(modules).filter(([, value]) => value <= last));
  return graphFromData({ ...data, nodes: kept, modules: named, outputs: [{ name: 'output', value: last }] });
}

/** Whole though they are larger: for two outputs and a padding with minus infinity, and for depthwise convolutions to the end. */
const WHOLE: readonly string[] = ['yolov3_tiny', 'mobilenet_v2'];

const SIDES: Readonly<Record<string, number>> = { lenet5: 28, alexnet: 64 };

const DETECTORS: readonly string[] = ['yolov3_tiny', 'tinyYolo', 'tinyFasterRcnn', 'fasterrcnn_resnet50_fpn'];

/** A network of the builder for one small image, and what a file may say of it. */
function contentOf(name: keyof typeof models): Omit<ModelContent, 'weights'> & { graph: Graph } {
  const side = SIDES[name] ?? 32;
  const options = { classes: 5, input: [1, name === 'lenet5' ? 1 : 3, side, side], ...(name === 'unet' && { base: 4 }) };
  const whole = name === 'tinyYolo' || name === 'tinyFasterRcnn' ? models[name]({ classes: 80, size: side, inChannels: 3 }) : models[name](options);
  const net = WHOLE.includes(name) ? whole : beginningOf(whole);
  const shape = net.values[net.outputs[0]?.value ?? 0]?.shape ?? [];
  const task: Task = DETECTORS.includes(name) ? 'detection' : shape.length === 4 ? 'segmentation' : 'classification';
  const labels = Array.from({ length: task === 'detection' ? 80 : (shape[1] ?? 0) }, (_, i) => `class ${i}`);
  return { graph: net, name, labels, task, preprocess: { preset: 'imagenet', size: side, crop: side, scale: 1 / 100 } };
}

function inputOf({ inputs }: { inputs: readonly { shape: readonly (number | null)[] }[] }): Tensor {
  const shape = (inputs[0]?.shape ?? []).map((dim) => dim ?? 1);
  return tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 37) % 101) / 101 - 0.5), shape);
}

const PHOTO = { data: Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 11) % 256), width: 40, height: 30, channels: 3 as const };

const NAMES = Object.keys(models) as (keyof typeof models)[];

describe.each(NAMES)('%s', (name) => {
  const { graph: net, ...told } = contentOf(name);

  it('comes back with every bit, and with what was said of it', async () => {
    const weights = random(net);
    using model = await inline.load(saveModel({ graph: net, weights, ...told }));
    using expected = await inline.load(net, { weights });
    expect(model).toMatchObject({ name, labels: told.labels, task: told.task, preprocess: told.preprocess, inputs: expected.inputs, outputs: expected.outputs });
    expect(model.graph).toEqual(graphToData(net));
    const x = inputOf(expected);
    const want = expected.run(x);
    expect(model.run(x)).toEqual(want);
    expect(Object.values(want).every(({ data }) => data.length === 1 || new Set(data).size > 1)).toBe(true);
  });

  it('as f16 is the network of rounded weights', async () => {
    const bytes = saveModel({ graph: net, weights: random(net), ...told }, 'f16');
    const weights = random(net, rounded);
    expect(bytes.byteLength).toBeLessThan(saveModel({ graph: net, weights }).byteLength * 0.51 + 50_000);
    using model = await inline.load(bytes);
    using expected = await inline.load(net, { weights });
    expect(model).toMatchObject({ name, labels: told.labels, task: told.task, preprocess: told.preprocess });
    expect(model.graph).toEqual(graphToData(net));
    const x = inputOf(expected);
    expect(model.run(x)).toEqual(expected.run(x));
  });

  if (told.task === 'classification') it('is asked with its own labels and preprocessing', async () => {
    const weights = random(net);
    using model = await inline.load(saveModel({ graph: net, weights, ...told }));
    using plain = await inline.load(net, { weights });
    const { labels, preprocess } = told;
    const { top } = await model.classify(PHOTO);
    expect(top).toEqual((await plain.classify(PHOTO, { labels, preprocess })).top);
    expect(top[0]?.probability).not.toBe((await plain.classify(PHOTO)).top[0]?.probability);
    expect(top[0]?.label).toMatch(/^class \d+$/);
  });
  else it('is not asked for a class', async () => {
    using model = await inline.load(saveModel({ graph: net, weights: random(net), ...told }));
    await expect(model.classify(PHOTO)).rejects.toMatchObject({ code: 'unsupported', got: `one made for ${told.task}`, message: `classify: expected a model made for classification, got one made for ${told.task}; use ${told.task === 'detection' ? 'detect' : 'segment'}(), or run()` });
  });
});

const net = sequential({ conv: conv2d(1, 2, 3, { padding: 1 }), relu: relu(), flatten: flatten(), fc: linear(32, 3) }, { input: [1, 1, 4, 4] });
const NET = library.toGraph(net);
const WEIGHTS = random(NET);
const SAVED = { graph: NET, weights: WEIGHTS };

describe('sources', () => {
  const bytes = saveModel(SAVED);

  it('a layer, a graph as data, weights as a list or as a file give the same bytes', () => {
    const list = [...readSafetensors(bytes).tensors.values()];
    const contents: ModelContent[] = [
      { graph: net, weights: WEIGHTS },
      { graph: graphToData(NET), weights: WEIGHTS },
      { graph: any<GraphData>(JSON.parse(JSON.stringify(graphToData(NET)))), weights: list },
      { graph: NET, weights: library.writeSafetensors([...list, { name: 'fc.num_batches_tracked', dtype: 'I64', shape: [], bytes: new Uint8Array(8) }]) },
      { graph: NET, weights: ['optimizer fc.weight', 'loss: classWeights'].reduce((all, name) => [...all, { name, dtype: 'F32' as const, shape: [2], bytes: new Uint8Array(8) }], list) },
    ];
    for (const content of contents) expect(saveModel(content)).toEqual(bytes);
    expect(saveModel(SAVED)).toEqual(bytes);
  });

  it('a loaded model is saved again by its graph, with other labels, in a worker too', async () => {
    await using model = await load(saveModel({ ...SAVED, name: 'small', labels: ['a', 'b', 'c'] }));
    expect(model).toMatchObject({ name: 'small', labels: ['a', 'b', 'c'], task: undefined, preprocess: undefined });
    const again = saveModel({ graph: model.graph!, weights: bytes, labels: ['x', 'y', 'z'], task: 'classification' });
    await using renamed = await load(again, { preprocess: 'tf' });
    expect(renamed).toMatchObject({ labels: ['x', 'y', 'z'], task: 'classification', preprocess: 'tf' });
    expect(await renamed.run(inputOf(model))).toEqual(await model.run(inputOf(model)));
  });

  it('labels of any form become a list; two name no and yes', async () => {
    const one = sequential([flatten(), linear(4, 1)], { input: [1, 1, 2, 2] });
    const weights = random(library.toGraph(one));
    using model = await inline.load(saveModel({ graph: one, weights, labels: { id2label: { 0: 'no', 1: 'yes' } }, scores: 'sigmoid' }));
    expect(model.labels).toEqual(['no', 'yes']);
    expect((await model.classify(PHOTO)).scores).toBe('sigmoid');
  });

  it('weights stored in other types are f32 or f16 afterwards', () => {
    const half = saveModel(SAVED, 'f16');
    const widened = readSafetensors(saveModel({ graph: NET, weights: half }));
    expect([...widened.tensors.values()].map(({ dtype }) => dtype)).toEqual(['F32', 'F32', 'F32', 'F32']);
    expect(saveModel({ graph: NET, weights: [...widened.tensors.values()] }, 'f16')).toEqual(half);
  });

  it('the file that ships is found, and says what it is', async () => {
    expect(squeezenet1_1).toMatch(/^file:.*\/squeezenet1_1\.safetensors$/);
    using model = await inline.load(squeezenet1_1);
    expect([model.name, model.labels?.length]).toEqual(['squeezenet1_1', 1000]);
    const shipped = readSafetensors(readFileSync(new URL(squeezenet1_1)));
    const { name, labels, preprocess } = model;
    const same = readSafetensors(saveModel({ name, labels, preprocess, graph: model.graph!, weights: [...shipped.tensors.values()] }, 'f16'));
    expect(same.metadata).toEqual(shipped.metadata);
  });
});

describe('what is refused', () => {
  const { 'fc.bias': bias, ...lacking } = WEIGHTS;
  const labels = ['a', 'b', 'c'];
  const wide = models.unet({ base: 1, input: [1, 3, 16, 16] });
  const large = { ...WEIGHTS, 'fc.bias': tensor([1, 70000, 3], [3]) };
  const data = graphToData(NET);
  const damaged = any<GraphData>({ ...data, nodes: data.nodes.map((node) => ({ ...node, attrs: { ...Object(node.attrs), groups: Number.NaN } })) });
  const cases: readonly (readonly [string, () => unknown, string, RegExp])[] = [
    ['a missing weight', () => saveModel({ graph: NET, weights: lacking }), 'weights', /do not fit the graph; missing \(1\): fc\.bias \[3\]/],
    ['a surplus weight', () => saveModel({ graph: NET, weights: { ...WEIGHTS, more: bias! } }), 'weights', /not used by the graph \(1\): more/],
    ['a weight of another shape', () => saveModel({ graph: NET, weights: { ...WEIGHTS, 'fc.bias': tensor([1, 2], [2]) } }), 'weights', /fc\.bias: expected \[3\], got \[2\]/],
    ['a weight that is none', () => saveModel({ graph: NET, weights: { ...WEIGHTS, 'fc.bias': any([1, 2, 3]) } }), 'argument', /weights\.fc\.bias: expected a tensor/],
    ['weights of integers', () => saveModel({ graph: NET, weights: { ...WEIGHTS, 'fc.bias': any(tensor([1, 2, 3], [3], 'int32')) } }), 'dtype', /weights\.fc\.bias: expected float32/],
    ['no weights', () => saveModel({ graph: NET }), 'weights', /missing \(4\)/],
    ['weights that are a number', () => saveModel({ graph: NET, weights: any(5) }), 'argument', /weights: expected tensors by name.*got 5/],
    ['bytes that are no file', () => saveModel({ graph: NET, weights: new Uint8Array(3) }), 'format', /weights: expected a safetensors file, .*, got 3 bytes/],
    ['a number too large for f16', () => saveModel({ graph: NET, weights: large }, 'f16'), 'weights', /fc\.bias: expected numbers up to 65504, .*got 70000; store the model as f32/],
    ['too few labels', () => saveModel({ ...SAVED, labels: ['a', 'b'] }), 'argument', /labels: expected as many names as classes, 3, got 2/],
    ['two labels of three', () => saveModel({ ...SAVED, labels: ['a', 'b'], task: 'classification' }), 'argument', /labels: .*3, got 2/],
    ['labels of maps without a task', () => saveModel({ graph: wide, weights: random(wide), labels: ['a', 'b'] }), 'argument', /labels: .*512, got 2; say what the model is for by task/],
    ['labels of a segmentation', () => saveModel({ graph: wide, weights: random(wide), labels, task: 'segmentation' }), 'argument', /labels: .*2, got 3/],
    ['labels that are none', () => saveModel({ ...SAVED, labels: any(['a', 5, 'c']) }), 'argument', /labels: class 1: expected a name, got number/],
    ['an unknown task', () => saveModel({ ...SAVED, task: any('clasification') }), 'argument', /task: expected classification, segmentation, detection, got "clasification"/],
    ['a task that does not fit', () => saveModel({ ...SAVED, task: 'segmentation' }), 'argument', /task: expected segmentation of a model whose first output is \[N, classes, H, W\], got \[1, 3\]/],
    ['a classification of maps', () => saveModel({ graph: wide, weights: random(wide), task: 'classification' }), 'argument', /first output is \[N, classes\], got \[1, 2, 16, 16\]/],
    ['an unknown preset', () => saveModel({ ...SAVED, preprocess: any('imagnet') }), 'argument', /preprocess\.preset: expected imagenet, caffe/],
    ['a scale of nothing', () => saveModel({ ...SAVED, preprocess: { scale: 0 } }), 'argument', /preprocess\.scale: expected a finite number other than 0/],
    ['unknown scores', () => saveModel({ ...SAVED, scores: any('max') }), 'argument', /scores: expected softmax, sigmoid, none, got "max"/],
    ['a name that is none', () => saveModel({ ...SAVED, name: any(5) }), 'argument', /name: expected a text, got 5/],
    ['an unknown dtype', () => saveModel(SAVED, any('fp16')), 'argument', /dtype: expected f32 or f16, got "fp16"/],
    ['an option that is none', () => saveModel(any({ ...SAVED, label: labels })), 'argument', /saveModel: expected an option it has, got label; did you mean labels\?/],
    ['nothing', () => saveModel(any(undefined)), 'argument', /saveModel: expected an object with a graph, got undefined/],
    ['a graph without outputs', () => saveModel({ graph: { ...data, outputs: [] }, weights: WEIGHTS }), 'graph', /^graph: outputs: expected at least one, got none$/],
    ['a node without its parameters', () => saveModel({ graph: { ...data, nodes: data.nodes.map((node) => ({ ...node, params: {} })) }, weights: WEIGHTS }), 'graph', /^conv.weight: expected the name of a tensor for weight, got none$/],
    ['a parameter of a number', () => saveModel({ graph: { ...data, nodes: data.nodes.map((node) => ({ ...node, params: any({ ...node.params, bias: 3 }) })) }, weights: WEIGHTS }), 'graph', /^conv.bias: expected the name of a tensor for bias, got 3$/],
    ['no graph', () => saveModel(any({ weights: WEIGHTS })), 'graph', /expected a graph or a layer, got undefined/],
    ['a graph with what JSON cannot say', () => saveModel({ graph: damaged, weights: WEIGHTS }), 'graph', /groups: expected a number that JSON has, got NaN/],
    ['a graph whose modules are elsewhere', () => saveModel({ graph: { ...data, modules: { conv: 99 } }, weights: WEIGHTS }), 'graph', /conv: expected a value that is written before, got value 99/],
  ];
  test.each(cases)('%s', (_, make, code, message) => {
    let error: unknown;
    try {
      make();
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('an unknown task in a file, without quoting it', async () => {
    const text = JSON.stringify({ version: 1, graph: graphToData(NET), task: 'secret' });
    const file = library.writeSafetensors(readSafetensors(saveModel(SAVED)).tensors.values(), { receptive: text });
    await expect(load(file)).rejects.toMatchObject({ code: 'format', message: expect.stringMatching(/receptive\.task: expected classification, segmentation, detection, got another text$/) });
  });
});

describe('graph', () => {
  it('is plain data that withOutputs and load take', async () => {
    const file = saveModel(SAVED);
    await using model = await load(file);
    const written = any<GraphData>(JSON.parse(JSON.stringify(model.graph)));
    expect(written).toEqual(model.graph);
    const inner = library.withOutputs(written, ['conv', 'output']);
    await using looked = await load(inner, { weights: file });
    expect(looked.graph).toEqual(inner);
    const x = inputOf(model);
    using expected = await inline.load(library.withOutputs(NET, ['conv', 'output']), { weights: WEIGHTS });
    expect(await looked.run(x)).toEqual(expected.run(x));
    expect(() => library.withOutputs(written, ['cnov'])).toThrow('outputs: expected the name of a module or output, got cnov; did you mean conv?');
  });

  it('is none of an ONNX file', async () => {
    const bytes = Uint8Array.from(atob('CAhCBAoAEA06MwoMCgF4EgF5IgRSZWx1EgFnWg8KAXgSCgoICAESBAoCCARiDwoBeRIKCggIARIECgIIBA=='), (char) => char.charCodeAt(0));
    await using model = await load(bytes);
    expect(model.graph).toBeUndefined();
  });

  it('that the guide shows is one', async () => {
    const guide = readFileSync(new URL('../../examples/guides/format.md', import.meta.url), 'utf8');
    const shown = any<GraphData>(JSON.parse(/```json\n(.*?)```/s.exec(guide)?.[1] ?? ''));
    const written = library.toGraph(sequential({ conv: conv2d(3, 8, 3, { padding: 1 }), relu: relu() }, { input: [null, 3, 32, 32] }));
    expect(shown).toEqual(graphToData(written));
    await using model = await load(saveModel({ graph: shown, weights: random(written) }));
    expect(model.outputs[0]?.shape).toEqual([null, 8, 32, 32]);
  });

  it('of two inputs has both', async () => {
    const [a, b] = [input([1, 2]), input([1, 2])];
    using model = await inline.load(saveModel({ graph: graph({ a, b }, { sum: library.add(a, b) }) }));
    expect(model.run({ a: tensor([1, 2], [1, 2]), b: tensor([3, 4], [1, 2]) })['sum']?.data).toEqual(Float32Array.of(4, 6));
  });
});
