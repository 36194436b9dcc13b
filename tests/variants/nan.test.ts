/** NaN stays NaN in every lane of every variant, whatever the compiler makes of a comparison. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Session } from '../../ts/session/session.js';
import type { Variant } from '../../ts/wasm/variant.js';
import type { TensorSource } from '../../ts/formats/stored.js';
import type { Graph } from '../../ts/graph/graph.js';
import { OnnxRunnable } from '../../ts/onnx/run/model.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { tensor } from '../../ts/tensor/tensor.js';
import * as activations from '../../ts/ops/activation/layer.js';
import { avgPool2d, batchNorm2d, conv2d, graph, hardswish, input, maxPool2d, relu6, sequential, softmax, toGraph } from '../../ts/ops/layers.js';
import type { Layer } from '../../ts/ops/layers.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';
import { formulaSource } from '../golden/formula.js';
import { modelBytes } from '../onnx/build.js';
import type { NodeSpec } from '../onnx/build.js';

const ACTIVATIONS: Readonly<Record<string, () => Layer>> = activations;
/** From less than a vector to more than the compiler unrolls. */
const LENGTHS = [1, 3, 4, 5, 8, 9, 16, 33, 70];

/** NaN at the places that are asked for, other numbers between. */
function holes(shape: readonly number[], isNaNAt: (i: number) => boolean): Float32Array {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (isNaNAt(i) ? NaN : (i % 7) - 3));
}

/** Positive, as variances are. */
function weightsOf({ params }: Graph): TensorSource {
  return formulaSource(params.map(({ name, shape }) => [name, shape, 1, 0.5] as const));
}

function run(variant: Variant, layer: Layer, shape: readonly number[], data: Float32Array): Float32Array {
  const net = toGraph(sequential([layer], { input: shape }));
  const session = new Session(openVariant(variant), net, weightsOf(net));
  const [output] = Object.values(session.run({ [net.inputs[0]?.name ?? '']: tensor(data, shape) }));
  const result = output?.data.slice() as Float32Array;
  session.dispose();
  return result;
}

/** Where the numbers are that are NaN. */
const places = (data: Float32Array): number[] => [...data].flatMap((x, i) => (Number.isNaN(x) ? [i] : []));

test('all variants run that this engine has', () => {
  expect(RUNNABLE).toEqual(['scalar', 'simd', 'relaxed']);
});

const moduleFile = (variant: string): string => fileURLToPath(new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url));

/** FD 8D 02 to FD 90 02: relaxed minima and maxima, which give either operand where one is NaN. */
test.each(['relaxed', 'relaxed-threads'].map(moduleFile).filter(existsSync))('%s has no instruction that may lose a NaN', (file) => {
  const bytes = readFileSync(file);
  const found = bytes.filter((byte, i) => byte === 0xfd && bytes[i + 2] === 2 && (bytes[i + 1] ?? 0) >= 0x8d && (bytes[i + 1] ?? 0) <= 0x90);
  expect(found).toHaveLength(0);
});

describe.each(RUNNABLE)('%s', (variant) => {
  describe.each(Object.entries(ACTIVATIONS))('%s', (_, activation) => {
    test.each(LENGTHS)('alone, on %i numbers', (length) => {
      for (const some of [() => true, (i: number) => i % 3 === 1, (i: number) => i === length - 1]) {
        const data = holes([1, length], some);
        expect(places(run(variant, activation(), [1, length], data))).toEqual(places(data));
      }
    });

    test('behind a convolution and a normalisation', () => {
      const shape = [1, 5, 3, 3];
      const data = holes(shape, (i) => i === 4);
      const pixelOfEveryChannel = Array.from({ length: 6 }, (__, channel) => 9 * channel + 4);
      expect(places(run(variant, sequential([conv2d(5, 6, 1), activation()]), shape, data))).toEqual(pixelOfEveryChannel);
      expect(places(run(variant, sequential([batchNorm2d(5), activation()]), shape, data))).toEqual([4]);
    });
  });

  test('maxima and means of windows', () => {
    for (const channels of [1, 4, 9]) {
      const shape = [1, channels, 4, 4];
      const data = holes(shape, (i) => i % 16 === 5);
      for (const layer of [maxPool2d(2), avgPool2d(2)]) {
        expect(places(run(variant, layer, shape, data))).toEqual(Array.from({ length: channels }, (_, c) => 4 * c));
      }
    }
  });

  test('a softmax, along rows and between them', () => {
    const shape = [2, 6, 5];
    const data = holes(shape, (i) => i === 7);
    const row = Array.from({ length: 5 }, (_, i) => 5 + i);
    const column = Array.from({ length: 6 }, (_, i) => 2 + 5 * i);
    expect(places(run(variant, softmax(2), shape, data))).toEqual(row);
    expect(places(run(variant, softmax(1), shape, data))).toEqual(column);
  });

  const node = (op: string, ...more: string[]): NodeSpec => ({ op, inputs: ['x', ...more], outputs: ['y'] });
  const NODES: readonly NodeSpec[] = [
    node('Clip', 'low', 'high'), node('HardSigmoid'), node('HardSwish'), node('Relu'), node('Min', 'high'), node('Max', 'low'),
    node('Add', 'high'), node('Div', 'high'), node('PRelu', 'high'), node('LeakyRelu'),
  ];
  test.each(NODES.map((spec) => [spec.op, spec] as const))('ONNX %s', (_, spec) => {
    const bytes = modelBytes({ inputs: { x: [33] }, outputs: ['y'], nodes: [spec], weights: { low: [[], [0]], high: [[], [6]] } });
    const model = new OnnxRunnable(openVariant(variant), readOnnx(bytes, 'model'), {});
    const data = holes([33], (i) => i % 4 !== 0);
    const { y } = model.run({ x: tensor(data, [33]) });
    expect(places(y?.data as Float32Array)).toEqual(places(data));
    model.dispose();
  });

  test('two inputs of one graph', () => {
    const x = input([1, 9]);
    const net = graph({ x }, { a: relu6()(x), b: hardswish()(x) });
    const session = new Session(openVariant(variant), net, weightsOf(net));
    const data = holes([1, 9], (i) => i > 2);
    for (const { data: got } of Object.values(session.run({ x: tensor(data, [1, 9]) }))) expect(places(got)).toEqual(places(data));
    session.dispose();
  });
});
