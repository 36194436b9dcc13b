/** Builds the networks, says what they are made of, and times them, beside the page's thread. */
import { expose } from 'comlink';
import { conv2d, graph, input, load, sequential } from 'receptive/inline';
import type { Graph } from 'receptive/inline';
import { NET } from './nets.js';
import type { NetName } from './names.js';

/** A layer with weights, as it is drawn. */
export interface Block {
  readonly name: string;
  readonly kind: 'conv' | 'linear';
  /** Channels or features. */
  readonly channels: number;
  /** Rows of its map; 1 for features. */
  readonly side: number;
  readonly params: number;
  readonly macs: number;
}

export interface Built {
  readonly blocks: readonly Block[];
  readonly params: number;
  readonly macs: number;
}

/** Convolutions behind each other, all with kernels of one side. */
export interface StackPlan {
  readonly kernel: number;
  readonly count: number;
  /** Of all maps. */
  readonly channels: number;
}

export interface Stack {
  readonly params: number;
  readonly macs: number;
  /** Side of what a number of the last map sees: on the picture, on each map, and on the last, where it is 1. */
  readonly seen: readonly number[];
}

type Done<T> = { readonly value: T } | { readonly error: { readonly code: string; readonly message: string } };

/** Classes do not pass: what a learner is told follows from the code. */
async function answer<T>(work: () => T | Promise<T>): Promise<Done<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'memory', message: String(message) } };
  }
}

const product = (shape: readonly number[]): number => shape.reduce((left, right) => left * right, 1);

const built = (name: NetName): Graph => NET[name].build({ input: NET[name].input });

/**
 * Counted from the graph alone, by the lecture's formula: `summary()` counts the same, but only of a loaded network, and VGG's weights are
 * half a gigabyte. A test holds the two against each other.
 */
function describe(name: NetName): Built {
  const net = built(name);
  const shapes = new Map(net.params.map(({ name: of, shape }) => [of, shape]));
  const blocks = net.nodes.flatMap((node): Block[] => {
    const weight = shapes.get(node.params['weight'] ?? '');
    if (!weight || weight.length < 2) return [];
    const out = (net.values[node.outputs[0]!]?.shape ?? []).map((size) => size ?? 1);
    const [, channels = 1, rows = 1, columns = 1] = out;
    const params = product(weight) + product(shapes.get(node.params['bias'] ?? '') ?? [0]);
    return [{ name: node.name, kind: weight.length === 4 ? 'conv' : 'linear', channels, side: rows, params, macs: product(weight) * rows * columns }];
  });
  // Running means and variances are kept, not learned.
  const learned = net.params.filter(({ name: of }) => !/running_|num_batches/.test(of));
  return { blocks, params: learned.reduce((sum, { shape }) => sum + product(shape), 0), macs: blocks.reduce((sum, { macs }) => sum + macs, 0) };
}

/** Weights that cost what others cost. */
const anyWeights = (of: Graph): Record<string, { dtype: 'float32'; shape: readonly number[]; data: Float32Array<ArrayBuffer> }> =>
  Object.fromEntries(of.params.map(({ name, shape }) => [name, { dtype: 'float32' as const, shape, data: new Float32Array(product(shape)).fill(0.01) }]));

/** Milliseconds of a run, the median of three: with weights that are all alike, since time does not depend on them. */
async function time(name: NetName): Promise<number> {
  const net = built(name);
  const model = await load(net, { weights: anyWeights(net) });
  try {
    const { input: shape } = NET[name];
    return model.profile({ dtype: 'float32', shape, data: new Float32Array(product(shape)).fill(0.5) }, { iterations: 3 }).ms;
  } finally {
    model.dispose();
  }
}

/** Side of the maps, as in the third part of VGG. */
const MAP = 56;

/** Without biases, as the paper counts. */
async function stack({ kernel, count, channels }: StackPlan): Promise<Stack> {
  const x = input([1, channels, MAP, MAP]);
  const layers = Array.from({ length: count }, () => conv2d(channels, channels, kernel, { padding: (kernel - 1) / 2, bias: false }));
  const net = graph({ x }, { y: sequential(layers)(x) });
  const model = await load(net, { weights: anyWeights(net) });
  try {
    const { params, macs, layers: told } = model.summary();
    // What the last map sees of the map before it is what the first sees of the picture: all kernels are alike.
    return { params, macs, seen: [...told.map(({ receptiveField }) => receptiveField?.[0] ?? 1).reverse(), 1] };
  } finally {
    model.dispose();
  }
}

const history = {
  describe: (name: NetName): Promise<Done<Built>> => answer(() => describe(name)),
  time: (name: NetName): Promise<Done<number>> => answer(() => time(name)),
  stack: (plan: StackPlan): Promise<Done<Stack>> => answer(() => stack(plan)),
};

export type History = typeof history;

expose(history);
