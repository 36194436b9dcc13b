/** The pixels that a unit sees are those whose change changes it, found by changing each. In the built package. */
import { describe, expect, it } from 'vitest';
import type * as Inline from '../../ts/entries/inline.js';
import { dist } from '../support/models.js';

const { load, toGraph, sequential, conv2d, maxPool2d, avgPool2d, relu, tensor, unitField } = (await import(dist('node/inline.js'))) as typeof Inline;

const SIZE = 20;

const NETS = {
  'a convolution with padding': () => sequential([conv2d(1, 1, 3, { padding: 1, bias: false })]),
  'strides, dilation and pooling': () => sequential([conv2d(1, 1, 3, { stride: 2, padding: 1, bias: false }), relu(), maxPool2d(3, { stride: 2 }), conv2d(1, 1, 2, { dilation: 2, bias: false })]),
  'unequal sides': () => sequential([conv2d(1, 1, [1, 5], { padding: [0, 2], bias: false }), avgPool2d(2)]),
};

/** Rows and columns of the input whose change changes each unit, by trial. */
async function seen(net: ReturnType<(typeof NETS)[keyof typeof NETS]>): Promise<{ layer: Inline.SummaryLayer; boxes: Map<string, readonly [number, number, number, number]> }> {
  const graph = toGraph(net);
  // Positive weights: no change is cancelled by another.
  const weights = Object.fromEntries(graph.params.map(({ name, shape }) => [name, tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape)]));
  const model = await load(graph, { weights });
  const layer = model.summary([1, 1, SIZE, SIZE]).layers.at(-1)!;
  const [, , , width = 0] = layer.outputShape;
  const boxes = new Map<string, readonly [number, number, number, number]>();
  for (let at = 0; at < SIZE * SIZE; at++) {
    const pixels = new Float32Array(SIZE * SIZE);
    pixels[at] = 1;
    const { data } = Object.values(model.run(tensor(pixels, [1, 1, SIZE, SIZE])))[0]!;
    const [y, x] = [Math.floor(at / SIZE), at % SIZE];
    for (const [unit, value] of [...data].map(Number).entries()) {
      if (value === 0) continue;
      const key = `${Math.floor(unit / width)} ${unit % width}`;
      const [top, left, bottom, right] = boxes.get(key) ?? [y, x, y, x];
      boxes.set(key, [Math.min(top, y), Math.min(left, x), Math.max(bottom, y), Math.max(right, x)]);
    }
  }
  model.dispose();
  return { layer, boxes };
}

describe('unitField', () => {
  it.each(Object.entries(NETS))('%s', async (_, net) => {
    const { layer, boxes } = await seen(net());
    const [, , height = 0, width = 0] = layer.outputShape;
    expect(boxes.size).toBe(height * width);
    for (const [key, [top, left, bottom, right]] of boxes) {
      const [row = 0, column = 0] = key.split(' ').map(Number);
      expect([key, unitField(layer, [row, column], [SIZE, SIZE])]).toEqual([key, { y: top, x: left, height: bottom - top + 1, width: right - left + 1 }]);
    }
  });

  it('says which unit is none, and knows none where fields are not on one grid', () => {
    const layer = { outputShape: [1, 1, 4, 4], receptiveField: [3, 3], jump: [2, 2], fieldStart: [-1, -1] } as const;
    expect(() => unitField(layer, [4, 0], [8, 8])).toThrow(/unitField: unit: expected a row below 4/);
    expect(unitField({ ...layer, fieldStart: undefined }, [0, 0], [8, 8])).toBeUndefined();
  });
});
