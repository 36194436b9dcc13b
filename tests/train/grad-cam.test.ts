/** Heat maps against arithmetic by hand and against PyTorch's (golden/grad-cam.py), and what has none. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ArgumentError, GraphError, UnsupportedError, WeightsError } from '../../ts/base/errors.js';
import type { Graph } from '../../ts/graph/graph.js';
import { sequential, toGraph } from '../../ts/layers/index.js';
import { adaptiveAvgPool2d, add, batchNorm2d, conv2d, dropout, flatten, globalAvgPool2d, graph, input, linear, maxPool2d, relu, softmax } from '../../ts/ops/layers.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { gradCamOf } from '../../ts/train/grad-cam.js';
import type { GradCam, GradCamRequest } from '../../ts/train/grad-cam.js';
import { vjpOn } from '../../ts/train/vjp.js';
import { openModel, openTrain } from '../support/train.js';

interface Heat {
  readonly layer: string;
  readonly index: number;
  readonly score: number;
  readonly map: readonly (readonly number[])[];
}

const golden = JSON.parse(readFileSync(new URL('./golden/grad-cam.json', import.meta.url), 'utf8')) as Record<string, readonly Heat[]>;

const engine = openTrain('simd');
const camOf = (net: Graph, request: GradCamRequest): Promise<GradCam> => gradCamOf(net, request, { open: openModel, vjp: (part, asked) => vjpOn(engine, part, asked) });

function wave(shape: readonly number[], seed: number): Float32Array {
  const length = shape.reduce((product, size) => product * size, 1);
  return new Float32Array(length).map((_, i) => Math.sin((i + 1) * 1.7 + seed) * 0.5);
}

/** In PyTorch's order of the state: `num_batches_tracked` counts among it, and has no numbers here. */
const ORDER = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];

function weightsOf({ params }: Graph): Record<string, Tensor> {
  const layers = [...new Set(params.map(({ name }) => name.slice(0, name.lastIndexOf('.'))))];
  const all = layers.flatMap((layer) => ORDER.map((role) => `${layer}.${role}`).filter((name) => params.some((param) => param.name === name) || (name.endsWith('tracked') && params.some((param) => param.name === `${layer}.running_var`))));
  return Object.fromEntries(params.map(({ name, shape }) => {
    const data = wave(shape, all.indexOf(name));
    return [name, tensor(name.endsWith('running_var') ? data.map((value) => Math.abs(value) + 0.5) : data, shape)];
  }));
}

const NETS: Readonly<Record<string, Graph>> = {
  linear: toGraph(sequential([conv2d(2, 4, 3, { padding: 1 }), batchNorm2d(4), relu(), maxPool2d(2), conv2d(4, 5, 3, { padding: 1 }), relu(), flatten(), linear(80, 6), relu(), linear(6, 3)], { input: [null, 2, 8, 8] })),
  averaged: toGraph(sequential([conv2d(2, 6, 3, { stride: 2, padding: 1 }), relu(), dropout(), conv2d(6, 4, 1), relu(), adaptiveAvgPool2d(1), flatten()], { input: [null, 2, null, null] })),
};
const IMAGE = tensor(wave([1, 2, 8, 8], 0.3), [1, 2, 8, 8]);

describe('Grad-CAM', () => {
  it('is what arithmetic by hand gives', async () => {
    const net = toGraph(sequential([conv2d(1, 2, 1, { bias: false }), flatten(), linear(8, 2, { bias: false })], { input: [null, 1, 2, 2] }));
    const weights = {
      '0.weight': tensor(new Float32Array([1, -2]), [2, 1, 1, 1]),
      '2.weight': tensor(new Float32Array([1, 2, 3, 6, 0, 0, 0, 4, 1, 1, 1, 1, 1, 1, 1, 1]), [2, 8]),
    };
    const found = await camOf(net, { weights, input: tensor(new Float32Array([1, 2, -3, 4]), [1, 1, 2, 2]), index: 0 });
    // Means of the gradient: (1 + 2 + 3 + 6) / 4 = 3 and 4 / 4 = 1; maps x and -2 x: 3 x - 2 x = x, and nothing below 0.
    expect([...found.map.data]).toEqual([1, 2, 0, 4]);
    // 1 + 4 - 9 + 24 from the first map, 4 times -8 from the second.
    expect(found).toMatchObject({ layer: '0', index: 0, score: -12, map: { shape: [2, 2] } });
  });

  it.each(Object.entries(golden))('is PyTorch\'s: %s', async (name, heats) => {
    const [net, usual] = [NETS[name]!, heats[0]!.layer];
    expect(heats).toHaveLength(6);
    for (const { layer, index, score, map } of heats) {
      const found = await camOf(net, { weights: weightsOf(net), input: IMAGE, index, layer: layer === usual ? undefined : layer });
      expect([found.layer, found.index, found.map.shape]).toEqual([layer, index, [map.length, map[0]!.length]]);
      expect(found.score).toBeCloseTo(score, 5);
      map.flat().forEach((value, at) => expect(found.map.data[at]).toBeCloseTo(value, 6));
    }
  });

  it('is of the likeliest class unless one is given, and the same before a softmax', async () => {
    const net = NETS['linear']!;
    const best = golden['linear']!.slice(0, 3).reduce((most, one) => (one.score > most.score ? one : most));
    expect(await camOf(net, { weights: weightsOf(net), input: IMAGE })).toMatchObject({ index: best.index });
    const plain = sequential([conv2d(2, 3, 3), relu(), globalAvgPool2d(), flatten(), linear(3, 4)], { input: [null, 2, 8, 8] });
    const x = input([null, 2, 8, 8]);
    const [logits, probabilities] = [toGraph(plain), graph({ x }, { y: softmax(1)(plain(x)) })];
    const weights = weightsOf(logits);
    const named = Object.fromEntries(probabilities.params.map(({ name }, i) => [name, weights[logits.params[i]!.name]!]));
    const [a, b] = [await camOf(logits, { weights, input: IMAGE, index: 2 }), await camOf(probabilities, { weights: named, input: IMAGE, index: 2 })];
    expect(Math.max(...a.map.data)).toBeGreaterThan(0);
    expect([...b.map.data]).toEqual([...a.map.data]);
    expect(b.score).toBe(a.score);
  });

  it('says what has none, and what does not fit', async () => {
    const net = NETS['linear']!;
    const weights = weightsOf(net);
    const asked = (request: Partial<GradCamRequest>, of = net): Promise<GradCam> => camOf(of, { weights, input: IMAGE, ...request });
    await expect(asked({ layer: '55' })).rejects.toThrow(GraphError);
    await expect(asked({ layer: '7' })).rejects.toThrow(/gradCam: layer: expected a layer with maps, got 7, which gives \[1, 6\]/);
    await expect(asked({ index: 3 })).rejects.toThrow(/gradCam: index: expected a class below 3, got 3/);
    await expect(asked({ input: tensor(new Float32Array(256), [2, 2, 8, 8]) })).rejects.toThrow(ArgumentError);
    await expect(asked({ weights: { '0.weight': weights['0.weight']! } })).rejects.toThrow(WeightsError);
    const x = input([null, 2, 8, 8]);
    const around = graph({ x }, { y: flatten()(globalAvgPool2d()(add(conv2d(2, 2, 1, { name: 'conv' })(x), x))) });
    await expect(asked({ weights: weightsOf(around), layer: 'conv' }, around)).rejects.toThrow(/conv, which values go around/);
    const dense = toGraph(sequential([flatten(), linear(128, 3)], { input: [null, 2, 8, 8] }));
    await expect(asked({ weights: weightsOf(dense) }, dense)).rejects.toThrow(UnsupportedError);
    const maps = toGraph(sequential([conv2d(2, 3, 3)], { input: [null, 2, 8, 8] }));
    await expect(asked({ weights: weightsOf(maps) }, maps)).rejects.toThrow(/first output is scores of classes/);
  });
});
