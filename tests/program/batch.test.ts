/** Batches that pass through a graph in parts: which do, and that it changes no bit. */
import { describe, expect, test } from 'vitest';
import { Session } from '../../ts/session/session.js';
import type { Graph } from '../../ts/graph/graph.js';
import type { Shape } from '../../ts/tensor/shape.js';
import { add, cat, conv2d, flatten, graph, input, linear, maxPool2d, relu, roiAlign, sequential, softmax, toGraph } from '../../ts/ops/layers.js';
import type { Layer, Value } from '../../ts/ops/layers.js';
import * as models from '../../ts/models/index.js';
import { imagesAtOnce } from '../../ts/program/batch.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';
import { formulaSource } from '../golden/formula.js';

const net = (layer: Layer, shape: Shape): Graph => toGraph(sequential({ layer }, { input: shape }));
const of = (value: (x: Value) => Value, shape: Shape): Graph => {
  const x = input(shape);
  return graph({ x }, { y: value(x) });
};
const source = ({ params }: Graph) => formulaSource(params.map(({ name, shape }) => [name, shape, 0, 0.5] as const));
const filled = (shape: readonly number[]): Tensor =>
  tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)), shape);

/** Few weights; a layer's maps of 12 images are a MiB. */
const SMALL = toGraph(sequential({
  a: conv2d(2, 3, 3, { padding: 1 }), relu: relu(), b: conv2d(3, 2, 3, { padding: 1 }), pool: maxPool2d(16), flat: flatten(),
  fc: linear(32, 5), softmax: softmax(),
}, { input: [null, 2, 64, 64] }));

describe('images at once', () => {
  const map = [9, 3, 224, 224];
  test.each([
    ['squeezenet1_1', models.squeezenet1_1(), map, 1],
    ['mobilenet_v2', models.mobilenet_v2(), map, 1],
    ['unet', models.unet(), [9, 3, 256, 256], 1],
    ['resnet18', models.resnet18(), map, 9],
    ['resnet50', models.resnet50(), map, 9],
    ['vgg16', models.vgg16(), map, 9],
    ['alexnet', models.alexnet(), map, 9],
    ['lenet5', models.lenet5(), [9, 1, 28, 28], 9],
  ] as const)('%s', (_, net, shape, atOnce) => {
    expect(imagesAtOnce(net, [shape])).toBe(atOnce);
  });

  test('as many as the maps of a layer leave room for', () => {
    // A ReLU reads and writes 4 * 64 * 64 floats an image: 128 KiB of a MiB.
    const shape = [20, 4, 64, 64];
    expect(imagesAtOnce(net(relu(), shape), [shape])).toBe(8);
    expect(imagesAtOnce(net(relu(), shape), [[1, 4, 64, 64]])).toBe(1);
    expect(imagesAtOnce(net(relu(), [null, 4, 64, 64]), [[3, 4, 64, 64]])).toBe(3);
  });

  const large: Shape = [20, 4, 256, 256];

  test('all, where regions name the images of others', () => {
    const [x, rois] = [input(large), input([20, 5])];
    const net = graph({ x, rois }, { y: roiAlign(x, rois, { size: 1 }) });
    expect(imagesAtOnce(net, [large as number[], [20, 5]])).toBe(20);
  });

  test.each([
    ['a softmax over the batch', net(softmax(0), large)],
    ['the same, counted from the last', net(softmax(-4), large)],
    ['images behind each other', of((x) => cat([x, x], 0), large)],
    ['one dimension of all', net(flatten(0), large)],
  ])('all, where an image does not pass alone: %s', (_, net) => {
    expect(imagesAtOnce(net, [large as number[]])).toBe(20);
  });

  test('all, where an input is the same for all images', () => {
    const [x, y] = [input(large), input([1, 4, 256, 256])];
    expect(imagesAtOnce(graph({ x, y }, { z: add(x, y) }), [large as number[], [1, 4, 256, 256]])).toBe(20);
    const alike = [input(large), input(large)] as const;
    expect(imagesAtOnce(graph({ x: alike[0], y: alike[1] }, { z: add(...alike) }), [large as number[], large as number[]])).toBe(1);
  });
});

describe.each(RUNNABLE)('%s', (variant) => {
  test.each([1, 3, 12, 13, 25])('%i images in parts give the bits that each gives alone', (n) => {
    const shape = [n, 2, 64, 64];
    expect(imagesAtOnce(SMALL, [shape])).toBe(Math.min(n, 12));
    const session = new Session(openVariant(variant), SMALL, source(SMALL));
    const batch = filled(shape);
    const { output } = session.run(batch);
    expect(output?.shape).toEqual([n, 5]);
    for (let image = 0; image < n; image += 1) {
      const alone = session.run(tensor(batch.data.slice(image * 8192, (image + 1) * 8192), [1, 2, 64, 64]));
      expect(output?.data.slice(image * 5, (image + 1) * 5)).toEqual(alone['output']?.data);
    }
    session.dispose();
  });

  test('summary, profile and memory are those of the whole batch in its parts', () => {
    const session = new Session(openVariant(variant), SMALL, source(SMALL));
    const [whole, one] = [session.summary([13, 2, 64, 64]), session.summary([1, 2, 64, 64])];
    expect(whole.macs).toBe(13 * one.macs);
    expect(whole.outputs).toEqual([{ name: 'output', shape: [13, 5] }]);
    expect(whole.layers.map(({ outputShape }) => outputShape)).toEqual(one.layers.map(({ outputShape: [, ...rest] }) => [13, ...rest]));
    const { steps } = session.profile(filled([13, 2, 64, 64]), 1);
    expect(steps.map(({ layer }) => layer)).toEqual(session.profile(filled([1, 2, 64, 64]), 1).steps.map(({ layer }) => layer));
    expect(steps.every(({ ms }) => ms >= 0)).toBe(true);
    session.dispose();
  });

  test('an interrupted batch ends between its parts, and the next is whole', () => {
    const session = new Session(openVariant(variant), SMALL, source(SMALL));
    let asked = 0;
    expect(() => session.run(filled([13, 2, 64, 64]), () => (asked += 1) > 7)).toThrow('aborted');
    expect(session.run(filled([13, 2, 64, 64]))['output']?.data.every(Number.isFinite)).toBe(true);
    session.dispose();
  });

  test('without optimisation all images pass together', () => {
    const session = new Session(openVariant(variant), SMALL, source(SMALL), { plan: { optimize: false } });
    expect(session.batch([[13, 2, 64, 64]])).toEqual({ images: 13, atOnce: 13 });
    session.dispose();
  });
});
