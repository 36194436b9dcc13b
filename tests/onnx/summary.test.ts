/** What each layer of an ONNX model reads, across segments of the engine and nodes of the host. In the built package. */
import { describe, expect, it } from 'vitest';
import type * as Inline from '../../ts/entries/inline.js';
import { dist } from '../support/models.js';
import { modelBytes } from './build.js';

const { load, unitField } = (await import(dist('node/inline.js'))) as typeof Inline;

const MODEL = modelBytes({
  inputs: { x: [1, 1, 8, 8] },
  outputs: ['y'],
  weights: { w: [[1, 1, 3, 3], Array<number>(9).fill(1)] },
  nodes: [
    { op: 'Conv', name: 'first', inputs: ['x', 'w'], outputs: ['a'], ints: { pads: [1, 1, 1, 1] } },
    { op: 'Conv', name: 'second', inputs: ['a', 'w'], outputs: ['b'] },
    { op: 'Trilu', name: 'host', inputs: ['b'], outputs: ['c'] },
    { op: 'Conv', name: 'third', inputs: ['c', 'w'], outputs: ['d'] },
    { op: 'Relu', name: 'last', inputs: ['d'], outputs: ['y'] },
  ],
});

describe('the summary of an ONNX model', () => {
  it('names what each layer reads, without weights', async () => {
    using model = await load(MODEL);
    const summary = model.summary();
    expect(summary.layers.map(({ name, inputs }) => [name, inputs])).toEqual([
      ['first', ['x']], ['second', ['first']], ['host', ['second']], ['third', ['host']], ['last', ['third']],
    ]);
    expect(unitField(summary, 'second', [0, 0])).toEqual({ y: 0, x: 0, height: 4, width: 4 });
    // What the host does is no window.
    expect(unitField(summary, 'last', [0, 0])).toBeUndefined();
  });
});
