/** Branches and bodies of loops run in the engine, planned once for each shape. */
import { describe, expect, test } from 'vitest';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import type { HostTensor } from '../../ts/onnx/form/types.js';
import { evaluateGraph } from '../../ts/onnx/plan/evaluate.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { openVariant } from '../golden/engine.js';
import { graphProto, modelBytes } from './build.js';

const numbers = (length: number, seed: number): number[] => Array.from({ length }, (_, i) => (((i * 37 + seed * 101) % 41) - 20) / 64);
const filters = (seed: number) => [[4, 4, 3, 3], numbers(144, seed)] as const;
const conv = (w: string, from = 'x', to = 'y') => ({ op: 'Conv', inputs: [from, w], outputs: [to], ints: { pads: [1, 1, 1, 1] } });
const map = (seed: number, side = 32): HostTensor => hostTensor('float32', [1, 4, side, side], numbers(4 * side * side, seed));

function close(got: HostTensor, want: HostTensor): void {
  expect([got.dtype, got.shape]).toEqual([want.dtype, want.shape]);
  got.data.forEach((value: number, i: number) => {
    if (!(Math.abs(value - want.data[i]!) <= 1e-4 * Math.max(1, Math.abs(want.data[i]!)))) expect(value, String(i)).toBe(want.data[i]);
  });
}

describe('a branch that is chosen when the model runs', () => {
  const branch = (seed: number) => graphProto({ outputs: ['y'], nodes: [conv('w')], weights: { w: filters(seed) } });
  const model = readOnnx(modelBytes({
    inputs: { x: [1, 4, 'H', 'W'] }, outputs: ['z'],
    nodes: [
      { op: 'ReduceMax', inputs: ['x'], outputs: ['m'], int: { keepdims: 0 } },
      { op: 'Greater', inputs: ['m', 'half'], outputs: ['k'] },
      { op: 'If', inputs: ['k'], outputs: ['y'], graphs: { then_branch: branch(1), else_branch: branch(2) } },
      { op: 'Relu', inputs: ['y'], outputs: ['z'] },
    ],
    weights: { half: [[], [0.5]] },
  }), 'if');

  test('is in the engine, each with its own weights, whichever came before', () => {
    const engine = new OnnxEngine(openVariant('simd'), model);
    const large = (side: number): HostTensor => ({ ...map(3, side), data: map(3, side).data.map((x: number) => 4 * x) });
    for (const x of [map(3), large(32), map(4), large(32), large(16), map(3, 16)]) {
      const hosts: string[] = [];
      const got = engine.run(new Map([['x', x]]), { host: ({ op }) => hosts.push(op) }).get('z')!;
      expect(hosts).not.toContain('If');
      expect(hosts).not.toContain('Conv');
      close(got, evaluateGraph(model.graph, [x])[0]!);
    }
    engine.dispose();
  });

  test('of a condition of two elements is refused', () => {
    const wrong = readOnnx(modelBytes({ inputs: { x: [2] }, outputs: ['y'], nodes: [
      { op: 'Greater', inputs: ['x', 'x'], outputs: ['k'] },
      { op: 'If', name: 'choice', inputs: ['k'], outputs: ['y'], graphs: { then_branch: graphProto({ outputs: ['x'], nodes: [] }), else_branch: graphProto({ outputs: ['x'], nodes: [] }) } },
    ] }), 'if');
    const engine = new OnnxEngine(openVariant('simd'), wrong);
    expect(() => engine.run(new Map([['x', hostTensor('float32', [2], [1, 2])]]))).toThrow(/choice.*cond/);
    engine.dispose();
  });
});

describe('a scan', () => {
  const step = { op: 'Add', inputs: ['sum', 'v'], outputs: ['next'] };
  const body = graphProto({ inputs: { sum: [2], v: [2] }, outputs: ['next', 'twice'], nodes: [step, { op: 'Add', inputs: ['next', 'next'], outputs: ['twice'] }] });
  const run = (shape: readonly number[], ints: Readonly<Record<string, readonly number[]>> = {}): number[][] => {
    const model = readOnnx(modelBytes({ inputs: { s: [2], x: shape as number[] }, outputs: ['last', 'all'], nodes: [{ op: 'Scan', name: 'scan', inputs: ['s', 'x'], outputs: ['last', 'all'], int: { num_scan_inputs: 1 }, ints, graphs: { body } }] }), 'scan');
    const engine = new OnnxEngine(openVariant('simd'), model);
    const results = engine.run(new Map([['s', hostTensor('float32', [2], [10, 20])], ['x', hostTensor('float32', shape, [1, 2, 3, 4, 5, 6])]]));
    engine.dispose();
    return [[...results.get('last')!.data], [...results.get('all')!.shape], [...results.get('all')!.data]];
  };

  test('carries a state from slice to slice, and collects', () => {
    expect(run([3, 2])).toEqual([[19, 32], [3, 2], [22, 44, 28, 52, 38, 64]]);
  });

  test('along another axis, backwards, to another axis, in the other order', () => {
    expect(run([2, 3], { scan_input_axes: [1] })).toEqual([[16, 35], [3, 2], [22, 48, 26, 58, 32, 70]]);
    expect(run([3, 2], { scan_input_directions: [1] })).toEqual([[19, 32], [3, 2], [30, 52, 36, 60, 38, 64]]);
    expect(run([3, 2], { scan_output_axes: [1] })).toEqual([[19, 32], [2, 3], [22, 28, 38, 44, 52, 64]]);
    expect(run([3, 2], { scan_output_directions: [1] })).toEqual([[19, 32], [3, 2], [38, 64, 28, 52, 22, 44]]);
  });

  test('of what it does not fit is refused', () => {
    expect(() => run([3, 2], { scan_input_axes: [0, 0] })).toThrow(/scan.*scan_input_axes.*1 numbers/);
    expect(() => run([3, 2], { scan_input_axes: [2] })).toThrow(/scan/);
  });
});

describe('the body of a loop', () => {
  // y = conv(y) + bias of the outer graph, three times; every y is collected.
  const body = graphProto({
    inputs: { i: [], c: [], y: [1, 4, 'H', 'W'] }, outputs: ['c1', 'z', 'z1'],
    nodes: [{ op: 'Identity', inputs: ['c'], outputs: ['c1'] }, conv('w', 'y', 'h'), { op: 'Add', inputs: ['h', 'x'], outputs: ['z'] }, { op: 'Identity', inputs: ['z'], outputs: ['z1'] }],
  });
  const model = readOnnx(modelBytes({
    inputs: { x: [1, 4, 'H', 'W'] }, outputs: ['last', 'all'],
    nodes: [{ op: 'Loop', inputs: ['trips', '', 'x'], outputs: ['last', 'all'], graphs: { body } }],
    weights: { w: filters(5) }, int64: { trips: [3] },
  }), 'loop');

  test('gives what the host gives, sees values and weights around it, and is planned once a shape', () => {
    const engine = new OnnxEngine(openVariant('simd'), model);
    let bytes = 0;
    for (const side of [40, 40, 33, 40]) {
      const x = map(side, side);
      const got = engine.run(new Map([['x', x]]));
      const [last, all] = evaluateGraph(model.graph, [x]) as [HostTensor, HostTensor];
      close(got.get('last')!, last);
      close(got.get('all')!, all);
      if (side === 33) bytes = engine.activationBytes();
    }
    expect(engine.activationBytes()).toBe(bytes);
    expect(bytes).toBeGreaterThan(0);
    engine.dispose();
  });
});
