/** What a network costs before it has weights: as a loaded model says it. */
import { conv2d, graph, graphSummary, input, models, ShapeError } from 'receptive';
import type { Tensor } from 'receptive';
import * as inline from 'receptive/inline';
import { describe, expect, it } from 'vitest';

const zeros = (shape: readonly number[]): Tensor => ({ dtype: 'float32', shape, data: new Float32Array(shape.reduce((count, size) => count * size, 1)) });

describe('graphSummary', () => {
  it('says what summary() of the loaded model says', async () => {
    const net = models.lenet5({ input: [1, 1, 28, 28] });
    using model = await inline.load(net, { weights: Object.fromEntries(net.params.map(({ name, shape }) => [name, zeros(shape)])) });
    const { params, macs, layers } = model.summary();
    const found = graphSummary(net);
    expect([found.params, found.macs]).toEqual([params, macs]);
    expect(found.layers.map(({ name, params: of, macs: cost }) => [name, of, cost])).toEqual(layers.map(({ name, params: of, macs: cost }) => [name, of, cost]));
  });

  it('counts K kernels of C slices, with a bias each', () => {
    const x = input([1, 6, 14, 14]);
    expect(graphSummary(graph({ x }, { y: conv2d(6, 16, 5)(x) }))).toMatchObject({ params: 16 * (6 * 25 + 1), macs: 16 * 10 * 10 * 6 * 25 });
  });

  it('wants the shapes that a graph leaves open, and takes them', () => {
    const x = input([1, 3, null, null]);
    const open = graph({ x }, { y: conv2d(3, 2, 3)(x) });
    expect(() => graphSummary(open)).toThrow(ShapeError);
    expect(() => graphSummary(open)).toThrow(/graphSummary.*input x.*second argument/);
    expect(graphSummary(open, [[1, 3, 4, 4]]).macs).toBe(2 * 2 * 2 * 27);
  });

  it('says what makes a graph of a layer', () => {
    expect(() => graphSummary(conv2d(3, 2, 3) as never)).toThrow(/toGraph/);
  });
});
