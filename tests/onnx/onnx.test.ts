/** ONNX models that are wrong, hostile or open, made by hand. */
import { describe, expect, test } from 'vitest';
import { MAX_RANK } from '../../ts/contract/limits.js';
import { ArgumentError, DisposedError, DtypeError, FormatError, ReceptiveError, ShapeError, UnsupportedError } from '../../ts/base/errors.js';
import { OnnxRunnable } from '../../ts/onnx/run/model.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { openVariant } from '../golden/engine.js';
import { graphProto, modelBytes } from './build.js';
import type { GraphSpec } from './build.js';

const open = (spec: GraphSpec, options = {}): OnnxRunnable => new OnnxRunnable(openVariant('simd'), readOnnx(modelBytes(spec), 'model'), options);
const relu = { op: 'Relu', name: 'r', inputs: ['x'], outputs: ['y'] } as const;
const ones = (...shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);

describe('wrong files', () => {
  const nested = (depth: number): ReturnType<typeof graphProto> =>
    graphProto({ outputs: ['y'], nodes: depth === 0 ? [relu] : [{ op: 'If', inputs: ['c'], outputs: ['y'], graphs: { then_branch: nested(depth - 1), else_branch: graphProto({ outputs: ['x'], nodes: [] }) } }] });
  const cases: readonly (readonly [string, () => unknown, new (...args: never[]) => ReceptiveError, RegExp])[] = [
    ['nothing of protobuf', () => readOnnx(new TextEncoder().encode('<!doctype html>'), 'page'), FormatError, /page: expected an ONNX model/],
    ['no graph', () => readOnnx(Uint8Array.of(8, 8), 'stub'), FormatError, /stub: .*got no graph/],
    ['an old version', () => readOnnx(Uint8Array.of(8, 1, 0x3a, 0), 'old'), FormatError, /got IR version 1/],
    ['weights shorter than their shape', () => open({ inputs: { x: [1] }, outputs: ['y'], nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }], weights: { w: [[4], [1, 2]] } }), FormatError, /w: expected 16 bytes for float32 \[4\]/],
    ['a negative dimension', () => open({ nodes: [relu], weights: { w: [[-1], []] } }), FormatError, /w: .*-1/],
    ['dimensions that overflow', () => open({ nodes: [relu], weights: { w: [[2n ** 40n, 2n ** 40n], [1]] } }), FormatError, /w: .*at most 2\^53 elements/],
    ['a value that nobody computes', () => open({ inputs: { x: [1] }, outputs: ['y'], nodes: [{ ...relu, inputs: ['nowhere'] }] }).run(ones(1)), FormatError, /r: expected a node before it that computes its input nowhere/],
    ['a circle', () => open({ inputs: { x: [1] }, outputs: ['y'], nodes: [{ op: 'Add', name: 'a', inputs: ['x', 'y'], outputs: ['z'] }, { op: 'Relu', name: 'b', inputs: ['z'], outputs: ['y'] }] }).run(ones(1)), FormatError, /a: expected a node before it that computes its input y/],
    ['graphs in graphs in graphs', () => readOnnx(modelBytes({ nodes: [{ op: 'If', inputs: ['c'], outputs: ['y'], graphs: { then_branch: nested(70), else_branch: nested(0) } }] }), 'deep'), FormatError, /nested more than 100 deep/],
    ['a tensor of 2^40 elements', () => open({ inputs: { x: [1] }, outputs: ['y'], nodes: [{ op: 'ConstantOfShape', name: 'big', inputs: ['s'], outputs: ['y'] }], int64: { s: [2n ** 40n] } }).run(ones(1)), UnsupportedError, /big .*expected at most \d+ elements/],
    ['a loop without end', () => open({ inputs: { x: [1] }, outputs: ['y'], nodes: [{ op: 'Loop', name: 'l', inputs: ['', '', 'x'], outputs: ['y'], graphs: { body: graphProto({ inputs: { i: [], c: [], v: [1] }, outputs: ['c', 'v'], nodes: [] }) } }] }).run(ones(1)), UnsupportedError, /l .*iterations/],
    ['an attribute of another kind', () => open({ inputs: { x: [1, 2] }, outputs: ['y'], nodes: [{ op: 'Concat', name: 'c', inputs: ['x'], outputs: ['y'], ints: { axis: [0] } }] }).run(ones(1, 2)), FormatError, /c .*attribute axis: expected int, got ints/],
    ['an axis that is not there', () => open({ inputs: { x: [1, 2] }, outputs: ['y'], nodes: [{ op: 'ArgMax', name: 'a', inputs: ['x'], outputs: ['y'], int: { axis: 5 } }] }).run(ones(1, 2)), FormatError, /a .*axis: expected an axis of 2 dimensions, got 5/],
    ['filters that do not fit', () => open({ inputs: { x: [1, 3, 4, 4] }, outputs: ['y'], nodes: [{ op: 'Conv', name: 'c', inputs: ['x', 'w'], outputs: ['y'] }], weights: { w: [[1, 2, 1, 1], [1, 1]] } }).run(ones(1, 3, 4, 4)), ReceptiveError, /c .*\[1, 2, 1, 1\]/],
  ];
  test.each(cases)('%s', (_, work, Class, message) => {
    expect(work).toThrow(Class);
    expect(work).toThrow(message);
  });

  test('all that is not supported, at once', () => {
    const nodes = ['Foo', 'Relu', 'Bar'].map((op, i) => ({ op, name: `n${i}`, inputs: ['x'], outputs: [`y${i}`], domain: op === 'Bar' ? 'my.domain' : '' }));
    expect(() => open({ inputs: { x: [1] }, outputs: ['y0'], nodes })).toThrow(/^model: expected nodes that are supported, got 2 that are not: n0: Foo of operator set 17 .*; n2: my.domain.Bar .*custom domain/);
  });

  test('a model that is cut off', () => {
    expect(() => readOnnx(Uint8Array.from([...modelBytes({ nodes: [relu] })].slice(0, 5)), 'cut')).toThrow(FormatError);
  });
});

describe('inputs', () => {
  const OPEN = ['', '?', 'None', 'none', 'dynamic', 'unk__12', 'unk', 'Unknown', '-1', '?x1'];
  test.each(OPEN)('dimensions named %j are open, each for itself', (word) => {
    const { y } = open({ inputs: { x: [word, 2, word] }, outputs: ['y'], nodes: [relu] }).run(ones(1, 2, 3));
    expect(y?.shape).toEqual([1, 2, 3]);
  });

  test.each(['N', 'batch', 'batch_size', 'height', 'n_dyn', 'none_of', 'unknown_length', 'dim_0', 'nans'])('dimensions named %j are equal', (word) => {
    expect(() => open({ inputs: { x: [word, 2, word] }, outputs: ['y'], nodes: [relu] }).run(ones(1, 2, 3))).toThrow(`x, axis 2: expected ${word} of 1`);
  });

  test('a weight that is an input, too, is what it is where it is not given', () => {
    const nodes = [
      { op: 'Add', inputs: ['x', 'w'], outputs: ['a'] },
      { op: 'Mul', inputs: ['a', 'v'], outputs: ['y'] },
    ];
    const model = open({ inputs: { x: [1], w: [1], v: [1] }, outputs: ['y'], nodes, weights: { w: [[1], [2]], v: [[1], [10]] } });
    const y = (inputs: Record<string, Tensor>): unknown => model.run(inputs)['y']?.data[0];
    for (let round = 0; round < 2; round += 1) {
      expect(y({ x: ones(1) })).toBe(30);
      expect(y({ x: ones(1), w: tensor([5]) })).toBe(60);
      expect(y({ v: tensor([2]), x: ones(1) })).toBe(6);
      expect(y({ x: ones(1), v: tensor([2]), w: tensor([5]) })).toBe(12);
    }
    expect(() => y({ x: ones(1), w: ones(2) })).toThrow(ShapeError);
    expect(() => y({ w: ones(1) })).toThrow(ArgumentError);
    model.dispose();
  });

  test('a weight that is no input is refused by its name', () => {
    const model = open({ inputs: { x: [1] }, outputs: ['y'], nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }], weights: { w: [[1], [2]] } });
    expect(model.run(ones(1))['y']?.data).toEqual(Float32Array.of(3));
    const run = (): unknown => model.run({ x: ones(1), w: ones(1) });
    expect(run).toThrow(ArgumentError);
    expect(run).toThrow('w: expected one of the inputs x, got a weight of the model; ');
  });

  const spec: GraphSpec = { inputs: { x: ['n', 2, 'h', 'h'], z: ['n', 2] }, outputs: ['y', 'z2'], nodes: [relu, { op: 'Relu', inputs: ['z'], outputs: ['z2'] }] };

  test.each([
    [{ x: ones(1, 3, 4, 4), z: ones(1, 2) }, ShapeError, /x: expected axis 1 to be 2, got \[1, 3, 4, 4\]/],
    [{ x: ones(1, 2, 4, 5), z: ones(1, 2) }, ShapeError, /x, axis 3: expected h of 4, as x, axis 2, got 5/],
    [{ x: ones(1, 2, 4, 4), z: ones(2, 2) }, ShapeError, /z, axis 0: expected n of 1, as x, axis 0, got 2/],
    [{ x: ones(2, 4, 4), z: ones(1, 2) }, ShapeError, /x: expected 4 dimensions/],
    [{ x: ones(1, 2, 4, 4) }, ArgumentError, /expected x, z, got x/],
    [{ x: tensor([1, 2, 3, 4], [1, 2, 2, 1], 'int64'), z: ones(1, 2) }, DtypeError, /x: expected float32, got int64/],
  ])('%#', (inputs, Class, message) => {
    const model = open(spec);
    expect(() => model.run(inputs)).toThrow(Class);
    expect(() => model.run(inputs)).toThrow(message);
    expect(Object.keys(model.run({ x: ones(1, 2, 4, 4), z: ones(1, 2) }))).toEqual(['y', 'z2']);
    model.dispose();
    expect(() => model.run(inputs)).toThrow(DisposedError);
  });
});

describe('sizes that are open', () => {
  const conv: GraphSpec = {
    inputs: { x: ['n', 8, 'h', 'w'] },
    outputs: ['y'],
    nodes: [{ op: 'Conv', inputs: ['x', 'w1'], outputs: ['y'], ints: { pads: [1, 1, 1, 1] } }],
    weights: { w1: [[8, 8, 3, 3], Array.from({ length: 576 }, (_, i) => Math.sin(i))] },
  };

  test('plans of all sizes share the packed weights', () => {
    const model = open(conv);
    model.run(ones(1, 8, 5, 7));
    const { weights } = model.memory();
    for (const size of [4, 6, 9, 16, 33, 5]) expect(model.run(ones(2, 8, size, size + 1))['y']?.shape).toEqual([2, 8, size, size + 1]);
    expect(model.memory().weights).toBe(weights);
    model.dispose();
  });

  test('a size gives the same bits whatever was run before', () => {
    const [fresh, used] = [open(conv), open(conv)];
    used.run(ones(1, 8, 40, 40));
    const { y } = used.run(ones(1, 8, 6, 6));
    expect(y).toBeDefined();
    expect(y).toEqual(fresh.run(ones(1, 8, 6, 6))['y']);
  });

  test('constants that follow from the size are those of the size', () => {
    const model = open({
      inputs: { x: [1, 'c', 'h', 'w'] },
      outputs: ['y'],
      nodes: [
        { op: 'Shape', inputs: ['x'], outputs: ['s'] },
        { op: 'Cast', inputs: ['s'], outputs: ['f'], int: { to: 1 } },
        { op: 'ReduceProd', inputs: ['f'], outputs: ['p'], int: { keepdims: 0 } },
        { op: 'Mul', inputs: ['x', 'p'], outputs: ['y'] },
      ],
    });
    for (const [c, h, w] of [[1, 2, 3], [2, 2, 2], [1, 2, 3]] as const) {
      expect(model.run(ones(1, c, h, w))['y']?.data[0]).toBe(c * h * w);
    }
    // They come and go with their size.
    const { weights } = model.memory();
    for (let size = 1; size < 40; size++) model.run(ones(1, 1, size, 1));
    expect(model.memory().weights).toBe(weights);
  });

  test('what follows results of open size is planned for each size', () => {
    const model = open({
      inputs: { x: ['n'] },
      outputs: ['count', 'where'],
      nodes: [
        { op: 'NonZero', inputs: ['x'], outputs: ['where'] },
        { op: 'Cast', inputs: ['where'], outputs: ['float'], int: { to: 1 } },
        { op: 'Relu', inputs: ['float'], outputs: ['positive'] },
        { op: 'Shape', inputs: ['positive'], outputs: ['count'] },
      ],
    });
    for (const data of [[1, 0, 2], [0, 0, 3], [1, 0, 2], [0, 0, 0]]) {
      const { count, where } = model.run(tensor(data, [3]));
      const places = data.flatMap((value, i) => (value === 0 ? [] : [BigInt(i)]));
      expect([...(where?.data ?? [])]).toEqual(places);
      expect([...(count?.data ?? [])]).toEqual([1n, BigInt(places.length)]);
    }
    // However many sizes come by, only the last few are kept.
    const kept = (): number => model.memory().activations;
    const run = (n: number): unknown => model.run(tensor(Array.from({ length: 64 }, (_, i) => (i < n ? 1 : 0)), [64]));
    for (let n = 1; n <= 8; n++) run(n);
    const before = kept();
    for (let n = 1; n <= 64; n++) run(n);
    for (let n = 5; n <= 8; n++) run(n);
    expect(kept()).toBe(before);
  });
});

test('types come and go as they are', () => {
  const model = open({ inputs: { x: [2] }, outputs: ['i', 'b'], nodes: [{ op: 'Cast', inputs: ['x'], outputs: ['i'], int: { to: 7 } }, { op: 'Cast', inputs: ['x'], outputs: ['b'], int: { to: 9 } }] });
  const { i, b } = model.run([2.7, 0]);
  expect(i).toEqual({ dtype: 'int64', shape: [2], data: BigInt64Array.of(2n, 0n) });
  expect(b).toEqual({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) });
});

test('summary and profile tell what ran where', () => {
  const model = open({ inputs: { x: [1, 2] }, outputs: ['y'], nodes: [{ op: 'Sin', name: 's', inputs: ['x'], outputs: ['t'] }, { op: 'Relu', name: 'r', inputs: ['t'], outputs: ['y'] }] });
  const { layers, inputs } = model.summary();
  expect(inputs).toEqual([{ name: 'x', shape: [1, 2] }]);
  expect(layers.map(({ name, algorithms }) => [name, algorithms[0] === 'host'])).toEqual([['s', true], ['r', false]]);
  const { steps, ms } = model.profile(ones(1, 2), 3);
  expect(steps.map(({ layer }) => layer)).toEqual(['s', 'r']);
  expect(ms).toBeGreaterThan(0);
});

/** The engine takes tensors of up to MAX_RANK dimensions; what has more is computed on the host, to the same numbers. */
describe.each([7, MAX_RANK, MAX_RANK + 1])('%i dimensions', (rank) => {
  const shape = Array.from({ length: rank }, (_, axis) => (axis === 1 || axis === rank - 1 ? 3 : axis === rank - 2 ? 2 : 1));
  const x = tensor(Float32Array.from({ length: 18 }, (_, i) => i - 7), shape);
  const run = (spec: Omit<GraphSpec, 'inputs' | 'outputs'>): { data: number[]; onHost: boolean | undefined } => {
    const model = open({ inputs: { x: shape }, outputs: ['y'], ...spec });
    const [layer] = model.summary().layers;
    return { data: [...(model.run(x)['y']?.data ?? [])].map(Number), onHost: layer?.algorithms[0] === 'host' };
  };
  const onHost = rank > MAX_RANK;

  test('a sum that broadcasts', () => {
    const column = [...shape.slice(0, -1), 1].map((dim, axis) => (axis === 1 ? 1 : dim));
    const { data, ...where } = run({ nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }], weights: { w: [column, [100, 200]] } });
    expect(data).toEqual(Array.from(x.data, (value, i) => value + (Math.floor(i / 3) % 2 === 0 ? 100 : 200)));
    expect(where).toEqual({ onHost });
  });

  test('a border', () => {
    const pads = [...shape.map(() => 0n), ...shape.map((_, axis) => (axis === rank - 1 ? 1n : 0n))];
    const { data, ...where } = run({ nodes: [{ op: 'Pad', inputs: ['x', 'p'], outputs: ['y'] }], int64: { p: pads } });
    expect(data).toEqual(Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 0 : x.data[Math.floor(i / 4) * 3 + (i % 4)])));
    expect(where).toEqual({ onHost });
  });
});
