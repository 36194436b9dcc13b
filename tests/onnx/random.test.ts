/** Random graphs of several operators: in the engine, optimised and not, as outside of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateGraph } from '../../ts/onnx/plan/evaluate.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import { openVariant } from '../golden/engine.js';
import { modelBytes } from './build.js';
import type { GraphSpec, NodeSpec } from './build.js';

type Shape = readonly number[];

const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
/** Multiples of 1/4 that look random. */
const numbers = (length: number, seed: number): number[] => Array.from({ length }, (_, i) => (((i * 37 + seed * 101) % 25) - 12) / 4);

/** A graph that grows, one value behind the other. */
class Growing {
  readonly nodes: NodeSpec[] = [];
  readonly weights: Record<string, [Shape, readonly number[]]> = {};
  readonly int64: Record<string, readonly number[]> = {};
  readonly values: { readonly name: string; readonly shape: Shape }[];

  constructor(shape: Shape) {
    this.values = [{ name: 'x', shape }];
  }

  get last(): { readonly name: string; readonly shape: Shape } {
    return this.values.at(-1)!;
  }

  add(op: string, shape: Shape, more: readonly string[] = [], attributes: Partial<NodeSpec> = {}): void {
    if (shape.length > 5 || size(shape) > 2000) return;
    const name = `v${this.nodes.length}`;
    this.nodes.push({ op, inputs: [this.last.name, ...more], outputs: [name], ...attributes });
    this.values.push({ name, shape });
  }

  weight(shape: Shape, seed: number): string {
    const name = `w${this.nodes.length}-${Object.keys(this.weights).length}`;
    this.weights[name] = [shape, numbers(size(shape), seed)];
    return name;
  }

  list(values: readonly number[]): string {
    const name = `l${this.nodes.length}`;
    this.int64[name] = values;
    return name;
  }
}

type Grow = (graph: Growing, shape: Shape, seed: number) => void;

/** With dimensions of 1 or left out where bits of the seed say so. */
const operandShape = (shape: Shape, seed: number): Shape => shape.map((dim, i) => ((seed >> i) & 1 ? 1 : dim)).slice(seed % (shape.length + 1));
const binary = (op: string): Grow => (graph, shape, seed) => {
  const operand = graph.weight(operandShape(shape, seed), seed);
  if (op === 'Div') graph.weights[operand]![1] = graph.weights[operand]![1].map((x) => x || 2);
  graph.add(op, shape, [operand]);
};
const pool = (op: string): Grow => (graph, shape, seed) => {
  const [n = 1, c = 1, h = 1, w = 1] = shape;
  if (shape.length === 4 && Math.min(h, w) > 1) graph.add(op, [n, c, h - 1, w - 1], [], { ints: { kernel_shape: [2, 2] }, int: op === 'AveragePool' ? { count_include_pad: seed % 2 } : {} });
};
const conv = (kernel: 1 | 3): Grow => (graph, shape, seed) => {
  const [n = 1, c = 1, h = 1, w = 1] = shape;
  const out = 1 + (seed % 5);
  const pad = (kernel - 1) / 2;
  if (shape.length === 4) graph.add('Conv', [n, out, h, w], [graph.weight([out, c, kernel, kernel], seed), graph.weight([out], seed)], { ints: { pads: [pad, pad, pad, pad] } });
};

const GROW: Readonly<Record<string, Grow>> = {
  matMul: (graph, shape, seed) => {
    const out = 1 + (seed % 4);
    if (shape.length > 1) graph.add('MatMul', [...shape.slice(0, -1), out], [graph.weight([shape.at(-1) ?? 1, out], seed)]);
  },
  gemm: (graph, shape, seed) => {
    const out = 1 + (seed % 3);
    const bias = [[out], [1, out], [shape[0] ?? 1, 1], [1], [shape[0] ?? 1, out]][seed % 5] ?? [];
    if (shape.length === 2) graph.add('Gemm', [shape[0] ?? 1, out], [graph.weight([shape[1] ?? 1, out], seed), graph.weight(bias, seed)]);
  },
  flatten: (graph, shape, seed) => {
    const axis = seed % (shape.length + 1);
    graph.add('Flatten', [size(shape.slice(0, axis)), size(shape.slice(axis))], [], { int: { axis } });
  },
  reshape: (graph, shape, seed) => {
    const dims: number[] = [];
    let left = size(shape);
    for (let i = 0; i < seed % 4; i++) {
      const dim = [2, 3, 4, 1].find((d) => left % d === 0 && (seed >> i) % 2 === 0) ?? 1;
      dims.push(dim);
      left /= dim;
    }
    graph.add('Reshape', [...dims, left], [graph.list([...dims, left])]);
  },
  transpose: (graph, shape, seed) => {
    const order = shape.map((_, i) => i);
    const maps = seed % 2 ? [0, 2, 3, 1] : [0, 3, 1, 2];
    const turned = shape.length === 4 && seed % 3 > 0 ? maps : [...order.slice(seed % shape.length), ...order.slice(0, seed % shape.length)];
    graph.add('Transpose', turned.map((axis) => shape[axis]!), [], { ints: { perm: turned } });
  },
  unsqueeze: (graph, shape, seed) => {
    const axis = seed % (shape.length + 1);
    graph.add('Unsqueeze', [...shape.slice(0, axis), 1, ...shape.slice(axis)], [graph.list([axis])]);
  },
  softmax: (graph, shape, seed) => graph.add('Softmax', shape, [], { int: { axis: seed % shape.length } }),
  layerNorm: (graph, shape, seed) => graph.add('LayerNormalization', shape, [graph.weight(shape.slice(-1), seed)]),
  concat: (graph, shape, seed) => {
    const axis = seed % shape.length;
    const other = graph.values.find((value) => value.shape.length === shape.length && value.shape.every((dim, i) => i === axis || dim === shape[i]))!;
    graph.add('Concat', shape.map((dim, i) => (i === axis ? dim + other.shape[i]! : dim)), [other.name], { int: { axis } });
  },
  both: (graph, shape) => {
    const other = graph.values.find((value) => value.shape.join() === shape.join())!;
    graph.add('Add', shape, [other.name]);
  },
  relu: (graph, shape) => graph.add('Relu', shape),
  clip: (graph, shape, seed) => graph.add('Clip', shape, [graph.weight([], 3), ...(seed % 2 ? [] : [graph.weight([], 8)])]),
  add: binary('Add'),
  div: binary('Div'),
  mul: binary('Mul'),
  sub: binary('Sub'),
  conv1: conv(1),
  conv3: conv(3),
  averagePool: pool('AveragePool'),
  maxPool: pool('MaxPool'),
};

const dims = fc.array(fc.constantFrom(1, 2, 3, 4), { minLength: 1, maxLength: 5 });
const maps = fc.array(fc.constantFrom(1, 2, 3, 5), { minLength: 4, maxLength: 4 });
const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(GROW)), fc.nat(59)), { minLength: 2, maxLength: 7 });

function grown(shape: Shape, list: readonly (readonly [string, number])[]): GraphSpec | undefined {
  const graph = new Growing(shape);
  for (const [kind, seed] of list) GROW[kind]?.(graph, graph.last.shape, seed);
  const { nodes, weights, int64 } = graph;
  return nodes.length === 0 ? undefined : { inputs: { x: shape }, outputs: [graph.last.name], nodes, weights, int64 };
}

test('several operators of any rank', () => {
  fc.assert(
    fc.property(fc.oneof(dims, maps), steps, fc.boolean(), (shape, list, optimize) => {
      const spec = grown(shape, list);
      if (!spec) return;
      const model = readOnnx(modelBytes(spec), 'random');
      const x = hostTensor('float32', shape, numbers(size(shape), 5));
      const [expected] = evaluateGraph(model.graph, [x]);
      const engine = new OnnxEngine(openVariant('simd'), model, { plan: { optimize } });
      const [got] = [...engine.run(new Map([['x', x]])).values()];
      engine.dispose();
      const data = [...(expected?.data ?? [])];
      const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      expect(got?.shape).toEqual(expected?.shape);
      const off = data.findIndex((value, i) => !(Math.abs(value - (got?.data[i] ?? NaN)) <= 1e-4 * scale));
      expect(off, `${spec.nodes.map(({ op }) => op).join(' ')} on [${shape.join()}]`).toBe(-1);
    }),
    { numRuns: 400 },
  );
});
