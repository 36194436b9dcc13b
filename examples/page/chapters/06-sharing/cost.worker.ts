/** Builds both layers and reads the product's own summary of them. */
import { expose } from 'comlink';
import { conv2d, flatten, graph, input, linear, load } from 'receptive/inline';
import type { Graph, Tensor } from 'receptive/inline';
import type { Cost, CostAnswer, Task } from './cost.js';

/** Weights are zeros: what a layer costs does not depend on them. */
async function costOf(net: Graph): Promise<Cost> {
  const weights = Object.fromEntries(net.params.map(({ name, shape }) => [name, { dtype: 'float32', shape, data: new Float32Array(shape.reduce((count, size) => count * size, 1)) } as unknown as Tensor]));
  const model = await load(net, { weights });
  try {
    const { params, macs, memory } = model.summary();
    return { params, macs, bytes: memory.weights };
  } finally {
    model.dispose();
  }
}

async function ask({ side, channels, maps, kernel }: Task): Promise<CostAnswer> {
  try {
    const x = input([1, channels, side, side]);
    const dense = linear(channels * side * side, maps * side * side, { name: 'dense' })(flatten(1)(x));
    const convolution = conv2d(channels, maps, kernel, { padding: (kernel - 1) / 2, name: 'conv' })(x);
    return { costs: { dense: await costOf(graph({ x }, { y: dense })), convolution: await costOf(graph({ x }, { y: convolution })) } };
  } catch (error) {
    // Classes do not pass: what a learner is told follows from the code.
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
  }
}

export interface CostWorker {
  ask: typeof ask;
}

expose({ ask } satisfies CostWorker);
